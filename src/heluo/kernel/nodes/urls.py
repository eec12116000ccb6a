"""Addresses of nodes: what programs ask, and what operators see."""

from django.urls import path

from heluo.kernel.nodes import pages

urlpatterns = [
    path("nodes/join", pages.join, name="join"),
    path("nodes/exchange", pages.exchange, name="exchange"),
    path("operations/nodes/", pages.node_list, name="nodes"),
    path("operations/nodes/requests/<int:number>/approve/", pages.approve, name="approve"),
    path("operations/nodes/requests/<int:number>/refuse/", pages.refuse, name="refuse"),
    path("operations/nodes/<str:domain>/", pages.node_detail, name="detail"),
    path("operations/nodes/<str:domain>/end/", pages.end, name="end"),
    path("operations/nodes/<str:domain>/keys/<str:key_id>/revoke/", pages.revoke, name="revoke"),
    path("operations/nodes/<str:domain>/messages/<int:number>/retry/", pages.retry, name="retry"),
]
