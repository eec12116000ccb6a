"""Addresses of the register of organisations, regions and code tables."""

from django.urls import path

from heluo.kernel.organisations import pages

urlpatterns = [
    path("organisations/", pages.tree, name="tree"),
    path("organisations/<uuid:uuid>/", pages.organisation, name="organisation"),
    path("organisations/<uuid:uuid>/history/", pages.history, name="history"),
    path("organisations/regions/", pages.regions, name="regions"),
    path("organisations/regions/<str:code>/", pages.region, name="region"),
    path("codes/", pages.code_tables, name="code_tables"),
    path("codes/<slug:key>/<str:version>/", pages.code_table, name="code_table"),
]
