"""Addresses of the workbench."""

from django.urls import path

from heluo.portal.workbench.pages import blocks, desk  # noqa: F401  # blocks register themselves

urlpatterns = [
    path("workbench/", desk.workbench, name="workbench"),
    path("workbench/blocks/<str:key>/", desk.block, name="block"),
]
