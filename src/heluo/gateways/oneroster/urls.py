"""Addresses: the service's own, as the standard has them, and the page of bulk files."""

from django.urls import path

from heluo.gateways.oneroster.pages import exports
from heluo.gateways.oneroster.pages.service import ENDPOINTS, service_address, view_function

urlpatterns = [
    *(path(service_address(endpoint), view_function(endpoint), name=endpoint.name) for endpoint in ENDPOINTS),
    path("exports/oneroster/", exports.export_list, name="exports"),
    path("exports/oneroster/<int:export_id>/", exports.export_file, name="export"),
]
