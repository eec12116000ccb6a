"""Addresses of work and of processes."""

from django.urls import path

from heluo.engines.process.pages import blocks, following, working  # noqa: F401  # blocks register themselves

urlpatterns = [
    path("workbench/items/", working.work, name="work"),
    path("workbench/items/together/", working.together, name="together"),
    path("workbench/items/<uuid:uuid>/", working.work_item, name="work_item"),
    path("workbench/processes/<uuid:uuid>/", following.process, name="process"),
    path("workbench/processes/<uuid:uuid>/diagram/", following.diagram, name="diagram"),
]
