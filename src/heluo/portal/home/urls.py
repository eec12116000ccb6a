"""Addresses of the home page."""

from django.urls import path

from heluo.portal.home.pages import home

urlpatterns = [path("", home, name="home")]
