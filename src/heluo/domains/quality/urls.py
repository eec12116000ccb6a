"""Addresses of data quality."""

from django.urls import path

from heluo.domains.quality.pages import blocks, overview, rules, tickets  # noqa: F401  # blocks register themselves

urlpatterns = [
    path("workbench/quality/", overview.overview, name="overview"),
    path("workbench/quality/check/", overview.order, name="order"),
    path("workbench/quality/tickets/", tickets.tickets, name="tickets"),
    path("workbench/quality/tickets/<uuid:uuid>/", tickets.ticket, name="ticket"),
    path("workbench/quality/rules/", rules.rules, name="rules"),
    path("workbench/quality/rules/<slug:key>/", rules.rule, name="rule"),
]
