"""Addresses of subject rights."""

from django.urls import path

from heluo.domains.subject_rights.pages import asking, blocks, copying, deciding, held  # noqa: F401  # blocks register themselves

urlpatterns = [
    path("my-data/", held.mine, name="mine"),
    path("my-data/requests/", asking.my_requests, name="my_requests"),
    path("my-data/<uuid:uuid>/", held.held, name="held"),
    path("my-data/<uuid:uuid>/looks/", held.looks, name="looks"),
    path("my-data/<uuid:uuid>/copies/", copying.copies, name="copies"),
    path("my-data/<uuid:uuid>/copies/<int:copy_id>/", copying.copy_file, name="copy_file"),
    path("my-data/<uuid:uuid>/erase/", asking.erase, name="erase"),
    path("my-data/<uuid:uuid>/correct/<str:holding>/<str:fact>/", asking.correct, name="correct"),
    path("data-requests/", deciding.at_desk, name="at_desk"),
    path("data-requests/<uuid:uuid>/", deciding.one_request, name="request"),
]
