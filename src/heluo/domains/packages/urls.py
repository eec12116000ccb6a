"""Addresses of packages. Their content itself is on the content host."""

from django.urls import path

from heluo.domains.packages import pages

urlpatterns = [path("packages/<uuid:file>/", pages.play, name="play")]
