"""Addresses of allocations."""

from django.urls import path

from heluo.domains.allocations.pages import ordering, receiving

urlpatterns = [
    path("workbench/allocated/", receiving.allocated, name="list"),
    path("workbench/allocations/", ordering.orders, name="orders"),
    path("workbench/allocations/new/", ordering.start, name="start"),
    path("workbench/allocations/received/", receiving.received, name="received"),
    path("workbench/allocations/received/<int:number>/", receiving.received_detail, name="received_detail"),
    path("workbench/allocations/<uuid:uuid>/", ordering.detail, name="detail"),
    path("workbench/allocations/<uuid:uuid>/describe/", ordering.describe, name="describe"),
    path("workbench/allocations/<uuid:uuid>/items/", ordering.items, name="items"),
    path("workbench/allocations/<uuid:uuid>/nodes/", ordering.nodes, name="nodes"),
    path("workbench/allocations/<uuid:uuid>/issue/", ordering.issue, name="issue"),
    path("workbench/allocations/<uuid:uuid>/cancel/", ordering.cancel, name="cancel"),
    path("workbench/allocations/<uuid:uuid>/delete/", ordering.delete, name="delete"),
]
