"""Addresses of the catalogue."""

from django.urls import path

from heluo.engines.catalogue.pages import searching, telling

urlpatterns = [
    path("robots.txt", telling.robots, name="robots"),
    path("sitemap.xml", telling.sitemap, name="sitemap"),
    path("sitemap-<int:part>.xml", telling.sitemap_part, name="sitemap_part"),
    path("feeds/<str:kind>.atom", telling.feed, name="feed"),
    path("workbench/searches/", searching.searches, name="searches"),
    path("workbench/searches/save/", searching.save, name="save"),
    path("workbench/searches/<uuid:uuid>/open/", searching.open_search, name="open_search"),
    path("workbench/searches/<uuid:uuid>/forget/", searching.forget, name="forget"),
    path("workbench/synonyms/", searching.synonyms, name="synonyms"),
]
