"""Addresses of student records."""

from django.urls import path

from heluo.domains.students.pages import blocks, browsing, bulk, deciding, keeping, ruling  # noqa: F401  # blocks register themselves

urlpatterns = [
    path("students/", browsing.record_list, name="list"),
    path("students/mine/", browsing.mine, name="mine"),
    path("students/classes/<uuid:uuid>/", browsing.of_class, name="of_class"),
    path("students/transfers/", deciding.transfer_list, name="transfers"),
    path("students/transfers/new/<uuid:uuid>/", deciding.transfer_new, name="transfer_new"),
    path("students/transfers/<uuid:uuid>/", deciding.transfer, name="transfer"),
    path("students/duplicates/", deciding.duplicates, name="duplicates"),
    path("students/duplicates/<uuid:uuid>/", deciding.duplicate, name="duplicate"),
    path("students/rules/", ruling.rules, name="rules"),
    path("students/rules/<int:pk>/", ruling.amend, name="amend"),
    path("students/bulk/", bulk.bulk_list, name="bulk_list"),
    path("students/bulk/new/<uuid:uuid>/<slug:kind>/", bulk.bulk_new, name="bulk_new"),
    path("students/bulk/<uuid:uuid>/", bulk.bulk, name="bulk"),
    path("students/bulk/<uuid:uuid>/rows/<int:pk>/", bulk.bulk_row, name="bulk_row"),
    path("students/bulk/<uuid:uuid>/rows/<int:pk>/swap/", bulk.bulk_swap, name="bulk_swap"),
    path("students/missing/", keeping.choose_school, name="choose_school"),
    path("students/missing/<uuid:uuid>/", keeping.missing, name="missing"),
    path("students/missing/<uuid:uuid>/<uuid:person>/", keeping.open_one, name="open"),
    path("students/<uuid:uuid>/", browsing.record_detail, name="record"),
    path("students/<uuid:uuid>/confirm/", deciding.confirm, name="confirm"),
    path("students/<uuid:uuid>/change/<slug:kind>/", keeping.change, name="change"),
    path("students/<uuid:uuid>/changes/<int:pk>/correct/", keeping.correct, name="correct"),
]
