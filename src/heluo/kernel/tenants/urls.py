"""Addresses of virtual platforms. Those of a keeper name none: they are about the host they are asked under."""

from django.urls import path

from heluo.kernel.tenants import pages

urlpatterns = [
    path("operations/tenants/", pages.tenant_list, name="list"),
    path("operations/tenants/new/", pages.opening, name="open"),
    path("operations/tenants/<uuid:uuid>/", pages.tenant, name="detail"),
    path("operations/tenants/<uuid:uuid>/suspend/", pages.suspend, name="suspend"),
    path("operations/tenants/<uuid:uuid>/resume/", pages.resume, name="resume"),
    path("operations/tenants/<uuid:uuid>/host/", pages.host, name="host"),
    path("operations/tenants/<uuid:uuid>/moved/", pages.moved, name="moved"),
    path("workbench/platform/", pages.keep, name="keep"),
]
