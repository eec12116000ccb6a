"""Addresses of subject rights."""

from django.urls import path

from heluo.domains.subject_rights.pages import held

urlpatterns = [
    path("my-data/", held.mine, name="mine"),
    path("my-data/<uuid:uuid>/", held.held, name="held"),
    path("my-data/<uuid:uuid>/looks/", held.looks, name="looks"),
]
