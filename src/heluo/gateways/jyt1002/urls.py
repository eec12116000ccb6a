"""Addresses of packages."""

from django.urls import path

from heluo.gateways.jyt1002 import pages

urlpatterns = [
    path("exports/jyt1002/", pages.package_list, name="packages"),
    path("exports/jyt1002/in-clear/", pages.package_in_clear, name="in_clear"),
    path("exports/jyt1002/<int:package_id>/", pages.package_file, name="package"),
]
