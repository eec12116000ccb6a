"""Addresses of rights."""

from django.urls import path

from heluo.domains.rights.pages import complaining, ordering, reporting

urlpatterns = [
    path("rights/complain/<uuid:uuid>/", complaining.complain_about, name="complain"),
    path("rights/complaints/<uuid:uuid>/", complaining.complaint, name="complaint"),
    path("workbench/rights/", ordering.takedowns, name="takedowns"),
    path("workbench/rights/complaints/", ordering.complaints, name="complaints"),
    path("workbench/rights/takedowns/<uuid:uuid>/", ordering.takedown, name="takedown"),
    path("workbench/rights/take-down/<uuid:uuid>/", ordering.take_down_entry, name="take_down"),
    path("workbench/rights/report/", reporting.report, name="report"),
    path("workbench/rights/report/<uuid:uuid>/", reporting.work, name="work"),
]
