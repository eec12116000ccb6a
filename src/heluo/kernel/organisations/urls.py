"""Addresses of the register of organisations, regions and code tables."""

from django.urls import path

from heluo.kernel.organisations.pages import browse, change, classes, endings, tables

urlpatterns = [
    path("organisations/", browse.tree, name="tree"),
    path("organisations/<uuid:uuid>/", browse.organisation, name="organisation"),
    path("organisations/<uuid:uuid>/history/", browse.history, name="history"),
    path("organisations/<uuid:uuid>/schools/new/", change.school_new, name="school_new"),
    path("organisations/<uuid:uuid>/teaching-points/new/", change.teaching_point_new, name="teaching_point_new"),
    path("organisations/<uuid:uuid>/institutions/new/", change.institution_new, name="institution_new"),
    path("organisations/<uuid:uuid>/classes/new/", classes.classes_new, name="classes_new"),
    path("organisations/<uuid:uuid>/term/", classes.term, name="term"),
    path("organisations/<uuid:uuid>/facts/", change.facts, name="facts"),
    path("organisations/<uuid:uuid>/rename/", change.rename, name="rename"),
    path("organisations/<uuid:uuid>/move/", change.move, name="move"),
    path("organisations/<uuid:uuid>/recode/", endings.recode, name="recode"),
    path("organisations/<uuid:uuid>/merge/", endings.merge, name="merge"),
    path("organisations/<uuid:uuid>/split/", endings.split, name="split"),
    path("organisations/<uuid:uuid>/close/", endings.close, name="close"),
    path("organisations/<uuid:uuid>/reopen/", endings.reopen, name="reopen"),
    path("organisations/regions/", browse.regions, name="regions"),
    path("organisations/regions/<str:code>/", browse.region, name="region"),
    path("codes/", tables.code_tables, name="code_tables"),
    path("codes/<slug:key>/<str:version>/", tables.code_table, name="code_table"),
]
