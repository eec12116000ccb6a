"""Addresses that other nodes ask."""

from django.urls import path

from heluo.kernel.transfers import pages

urlpatterns = [
    path("nodes/contents/which", pages.which, name="which"),
    path("nodes/contents/<str:sha256>", pages.content, name="content"),
]
