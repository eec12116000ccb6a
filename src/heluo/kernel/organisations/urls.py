"""Addresses of the register of organisations, regions and code tables."""

from django.urls import path

from heluo.kernel.organisations.pages import browse, change

urlpatterns = [
    path("organisations/", browse.tree, name="tree"),
    path("organisations/<uuid:uuid>/", browse.organisation, name="organisation"),
    path("organisations/<uuid:uuid>/history/", browse.history, name="history"),
    path("organisations/<uuid:uuid>/schools/new/", change.school_new, name="school_new"),
    path("organisations/<uuid:uuid>/teaching-points/new/", change.teaching_point_new, name="teaching_point_new"),
    path("organisations/<uuid:uuid>/rename/", change.rename, name="rename"),
    path("organisations/<uuid:uuid>/move/", change.move, name="move"),
    path("organisations/<uuid:uuid>/close/", change.close, name="close"),
    path("organisations/regions/", browse.regions, name="regions"),
    path("organisations/regions/<str:code>/", browse.region, name="region"),
    path("codes/", browse.code_tables, name="code_tables"),
    path("codes/<slug:key>/<str:version>/", browse.code_table, name="code_table"),
]
