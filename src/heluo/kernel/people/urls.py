"""Addresses of people, classes and families."""

from django.urls import path

from heluo.kernel.people import pages

urlpatterns = [
    path("people/", pages.people, name="people"),
    path("people/<uuid:uuid>/", pages.person, name="person"),
    path("people/<uuid:uuid>/identifiers/<slug:kind>/", pages.reveal, name="reveal"),
    path("organisations/<uuid:uuid>/people/", pages.at_organisation, name="at_organisation"),
    path("classes/", pages.my_classes, name="my_classes"),
    path("classes/<uuid:uuid>/", pages.klass, name="klass"),
    path("family/", pages.family, name="family"),
]
