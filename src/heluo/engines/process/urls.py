"""Addresses of work and of processes."""

from django.urls import path

from heluo.engines.process.pages import (
    attaching,
    blocks,  # noqa: F401  # blocks register themselves
    defining,
    delegating,
    following,
    pausing,
    pooling,
    repairing,
    working,
)

urlpatterns = [
    path("workbench/items/", working.work, name="work"),
    path("workbench/items/together/", working.together, name="together"),
    path("workbench/items/<uuid:uuid>/", working.work_item, name="work_item"),
    path("workbench/items/<uuid:uuid>/delegation/", delegating.delegation, name="delegation"),
    path("workbench/pools/", pooling.pools, name="pools"),
    path("workbench/new-pool/", pooling.new_pool, name="new_pool"),
    path("workbench/pools/<slug:key>/", pooling.pool, name="pool"),
    path("workbench/processes/trouble/", repairing.trouble, name="trouble"),
    path("operations/definitions/", defining.definitions, name="definitions"),
    path("operations/definitions/<slug:key>/", defining.definition, name="definition"),
    path("operations/definitions/<slug:key>/change/", defining.change, name="definition_change"),
    path("operations/definitions/<slug:key>/forms/<slug:element>/", defining.form_change, name="form_change"),
    path("operations/definitions/<slug:key>/tables/<slug:decision>/", defining.table_change, name="table_change"),
    path("operations/definitions/<slug:key>/diagram/", defining.diagram, name="definition_diagram"),
    path("workbench/processes/<uuid:uuid>/", following.process, name="process"),
    path("workbench/processes/<uuid:uuid>/diagram/", following.diagram, name="diagram"),
    path("workbench/processes/<uuid:uuid>/files/", attaching.files, name="files"),
    path("workbench/processes/<uuid:uuid>/pause/", pausing.pause, name="pause"),
    path("workbench/processes/<uuid:uuid>/repairs/", repairing.repairs, name="repairs"),
]
