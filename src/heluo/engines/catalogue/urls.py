"""Addresses of the catalogue."""

from django.urls import path

from heluo.engines.catalogue import pages

urlpatterns = [path("workbench/synonyms/", pages.synonyms, name="synonyms")]
