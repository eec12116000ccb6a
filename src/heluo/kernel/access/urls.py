"""Addresses of one's own account."""

from django.urls import path

from heluo.kernel.access import pages

urlpatterns = [
    path("account/", pages.account, name="account"),
]
