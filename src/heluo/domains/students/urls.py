"""Addresses of student records."""

from django.urls import path

from heluo.domains.students.pages import browsing, keeping

urlpatterns = [
    path("students/", browsing.record_list, name="list"),
    path("students/mine/", browsing.mine, name="mine"),
    path("students/classes/<uuid:uuid>/", browsing.of_class, name="of_class"),
    path("students/missing/", keeping.choose_school, name="choose_school"),
    path("students/missing/<uuid:uuid>/", keeping.missing, name="missing"),
    path("students/missing/<uuid:uuid>/<uuid:person>/", keeping.open_one, name="open"),
    path("students/<uuid:uuid>/", browsing.record_detail, name="record"),
    path("students/<uuid:uuid>/change/<slug:kind>/", keeping.change, name="change"),
    path("students/<uuid:uuid>/changes/<int:pk>/correct/", keeping.correct, name="correct"),
]
