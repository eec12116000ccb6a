"""Addresses of news. Those of its writers name no virtual platform: the host says which."""

from django.urls import path

from heluo.domains.news import pages

urlpatterns = [
    path("news/", pages.news_list, name="list"),
    path("news/feed/", pages.feed, name="feed"),
    path("news/<uuid:uuid>/", pages.news, name="detail"),
    path("workbench/news/", pages.written, name="written"),
    path("workbench/news/new/", pages.write, name="write"),
    path("workbench/news/<uuid:uuid>/", pages.preview, name="preview"),
    path("workbench/news/<uuid:uuid>/change/", pages.change, name="change"),
    path("workbench/news/<uuid:uuid>/turn/", pages.turn, name="turn"),
]
