"""Addresses of offline packages."""

from django.urls import path

from heluo.gateways.offline import pages

urlpatterns = [
    path("operations/packages/", pages.carried, name="carried"),
    path("phone/", pages.phone, name="phone"),
    path("phone/heluo-ca.crt", pages.authority, name="authority"),
]
