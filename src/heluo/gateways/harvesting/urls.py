"""Addresses of the harvester."""

from django.urls import path

from heluo.gateways.harvesting.pages import keeping, mending

urlpatterns = [
    path("workbench/harvesting/", keeping.sources, name="sources"),
    path("workbench/harvesting/new/", keeping.new, name="new"),
    path("workbench/harvesting/entries/<uuid:uuid>/", keeping.paths, name="paths"),
    path("workbench/harvesting/<uuid:uuid>/", keeping.source, name="source"),
    path("workbench/harvesting/<uuid:uuid>/edit/", keeping.edit, name="edit"),
    path("workbench/harvesting/<uuid:uuid>/held/", mending.held_list, name="held"),
    path("workbench/harvesting/<uuid:uuid>/held/<int:held_id>/", mending.held_record, name="held_record"),
    path("workbench/harvesting/<uuid:uuid>/terms/", mending.terms, name="terms"),
]
