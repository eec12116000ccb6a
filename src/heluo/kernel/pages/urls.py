"""Addresses of the platform's own pages."""

from django.urls import path

from heluo.kernel.pages import pages, styleguide

urlpatterns = [
    path("offline/", pages.offline, name="offline"),
    path("manifest.webmanifest", pages.manifest, name="manifest"),
    path("service-worker.js", pages.service_worker, name="service_worker"),
    path("events/ticket/", pages.live_ticket, name="live_ticket"),
    path("styleguide/", styleguide.index, name="styleguide"),
    path("styleguide/<slug:kind>/", styleguide.sample, name="styleguide_sample"),
]
