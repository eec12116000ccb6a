"""Addresses of work and of processes."""

from django.urls import path

from heluo.engines.process.pages import blocks, following, working  # noqa: F401  # blocks register themselves

urlpatterns = [
    path("work/", working.work, name="work"),
    path("work/<uuid:uuid>/", working.work_item, name="work_item"),
    path("work/processes/<uuid:uuid>/", following.process, name="process"),
    path("work/processes/<uuid:uuid>/diagram/", following.diagram, name="diagram"),
]
