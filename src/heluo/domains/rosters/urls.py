"""Addresses of rosters."""

from django.urls import path

from heluo.domains.rosters.pages import activating, importing

urlpatterns = [
    path("workbench/rosters/", importing.batches, name="batches"),
    path("workbench/rosters/new/", importing.upload, name="upload"),
    path("workbench/rosters/template/", importing.template, name="template"),
    path("workbench/rosters/activation/", activating.activation, name="activation"),
    path("workbench/rosters/<uuid:uuid>/", importing.batch, name="batch"),
    path("workbench/rosters/<uuid:uuid>/problems/", importing.problems, name="problems"),
    path("workbench/rosters/<uuid:uuid>/changes/", importing.changes, name="changes"),
    path("workbench/rosters/<uuid:uuid>/corrections/", importing.corrections, name="corrections"),
    path("workbench/rosters/<uuid:uuid>/check/", importing.check, name="check"),
    path("workbench/rosters/<uuid:uuid>/cancel/", importing.cancel, name="cancel"),
]
"""A batch's own page also takes its confirmation."""
