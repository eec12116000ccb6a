"""The addresses of the provider and of the schema of our own format."""

from django.urls import path

from heluo.gateways.oaipmh import pages

urlpatterns = [
    path("oai", pages.provider, name="provider"),
    path("oai/entry-1.xsd", pages.schema, name="schema"),
]
