"""Addresses of the calendar."""

from django.urls import path

from heluo.kernel.calendar import pages

urlpatterns = [
    path("calendar/", pages.year, name="year"),
    path("calendar/day/", pages.day, name="day"),
    path("calendar/<int:number>/", pages.year, name="year_numbered"),
    path("calendar/<int:number>/table/", pages.table, name="table"),
    path("calendar/<int:number>/import/", pages.bring, name="import"),
]
