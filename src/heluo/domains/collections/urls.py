"""Addresses of collections."""

from django.urls import path

from heluo.domains.collections import pages

urlpatterns = [
    path("collections/", pages.public_list, name="list"),
    path("collections/<uuid:uuid>/", pages.collection, name="detail"),
    path("collections/<uuid:uuid>/use/", pages.use, name="use"),
    path("collections/<uuid:uuid>/items/", pages.items, name="items"),
    path("collections/<uuid:uuid>/items/<int:item>/note/", pages.note, name="note"),
    path("collections/<uuid:uuid>/describe/", pages.describe, name="describe"),
    path("collections/<uuid:uuid>/share/", pages.share, name="share"),
    path("collections/<uuid:uuid>/publish/", pages.publish, name="publish"),
    path("collections/<uuid:uuid>/withdraw/", pages.withdraw, name="withdraw"),
    path("collections/<uuid:uuid>/delete/", pages.delete, name="delete"),
    path("collections/with/<uuid:entry>/", pages.collect_entry, name="collect"),
    path("workbench/collections/", pages.mine, name="mine"),
    path("workbench/collections/new/", pages.start, name="start"),
]
