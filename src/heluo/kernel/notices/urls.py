"""Addresses of notices."""

from django.urls import path

from heluo.kernel.notices import pages

urlpatterns = [
    path("workbench/notices/", pages.mine, name="mine"),
    path("workbench/notices/bell/", pages.bell, name="bell"),
    path("workbench/notices/<uuid:uuid>/", pages.opened, name="opened"),
]
