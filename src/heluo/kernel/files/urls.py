"""Addresses of uploads. Content itself is served from the content host only (`content.py`)."""

from django.urls import path

from heluo.kernel.files import pages

urlpatterns = [
    path("files/uploads/", pages.uploads, name="uploads"),
    path("files/uploads/<uuid:uuid>/", pages.upload, name="upload"),
    path("files/<uuid:uuid>/state/", pages.file_state, name="state"),
]
