"""Addresses of the resource centre."""

from django.urls import path

from heluo.domains.resources.pages import (  # noqa: F401  # blocks register themselves
    blocks,
    browsing,
    counting,
    deriving,
    drafting,
    links,
    mending,
    overseeing,
    placing,
    sheets,
)

urlpatterns = [
    path("resources/", browsing.resource_list, name="list"),
    path("resources/authors/<uuid:person>/", browsing.author, name="author"),
    path("resources/<uuid:uuid>/", browsing.resource_detail, name="detail"),
    path("resources/<uuid:uuid>/versions/<int:number>/", browsing.earlier_version, name="version"),
    path("resources/<uuid:uuid>/use/", browsing.use, name="use"),
    path("resources/<uuid:uuid>/files/<uuid:file>/download/", browsing.download, name="download"),
    path("resources/<uuid:uuid>/files/<uuid:file>/place/", browsing.place, name="place"),
    path("resources/<uuid:uuid>/derivatives/", deriving.derivatives, name="derivatives"),
    path("resources/<uuid:uuid>/derive/", deriving.derive, name="derive"),
    path("resources/<uuid:uuid>/code/", placing.code, name="code"),
    path("resources/<uuid:uuid>/fault/", mending.fault, name="fault"),
    path("resources/<uuid:uuid>/withdraw/", drafting.withdraw, name="withdraw"),
    path("workbench/resources/", drafting.mine, name="mine"),
    path("workbench/resources/mine/uses/", counting.own_uses, name="own_uses"),
    path("workbench/resources/mine/derivatives/", deriving.derived_from_mine, name="derived_from_mine"),
    path("workbench/resources/sheets/", sheets.start, name="sheets"),
    path("workbench/resources/sheets/template/", sheets.template, name="sheet_template"),
    path("workbench/resources/sheets/<uuid:uuid>/", sheets.sheet, name="sheet"),
    path("workbench/resources/new/", drafting.start, name="start"),
    path("workbench/resources/<uuid:uuid>/", drafting.draft, name="draft"),
    path("workbench/resources/<uuid:uuid>/version/", drafting.start_version, name="start_version"),
    path("workbench/resources/<uuid:uuid>/files/", drafting.files, name="files"),
    path("workbench/resources/<uuid:uuid>/places/", placing.places, name="places"),
    path("workbench/resources/<uuid:uuid>/trail/", drafting.trail, name="trail"),
    path("workbench/resources/<uuid:uuid>/take-back/", drafting.take_back, name="take_back"),
    path("workbench/resources/<uuid:uuid>/prolong/", drafting.prolong, name="prolong"),
    path("workbench/resources/<uuid:uuid>/recommend/", drafting.recommend, name="recommend"),
    path("workbench/resources/links/", links.broken, name="links"),
    path("workbench/resources/uses/", counting.place, name="uses"),
    path("workbench/resources/overview/", overseeing.overview, name="overview"),
]
