"""The address of the provider."""

from django.urls import path

from heluo.gateways.oaipmh import pages

urlpatterns = [path("oai", pages.provider, name="provider")]
