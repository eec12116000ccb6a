"""Addresses of credentials."""

from django.urls import path

from heluo.engines.credentials import pages

urlpatterns = [
    path("credentials/issuer", pages.issuer, name="issuer"),
    path("credentials/verify/", pages.check, name="verify"),
]
