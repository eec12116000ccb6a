"""Addresses of the catalogue."""

from django.urls import path

from heluo.engines.catalogue import pages

urlpatterns = [
    path("workbench/searches/", pages.searches, name="searches"),
    path("workbench/searches/save/", pages.save, name="save"),
    path("workbench/searches/<uuid:uuid>/open/", pages.open_search, name="open_search"),
    path("workbench/searches/<uuid:uuid>/forget/", pages.forget, name="forget"),
    path("workbench/synonyms/", pages.synonyms, name="synonyms"),
]
