"""Addresses of people, classes and families."""

from django.urls import path

from heluo.kernel.people.pages import keeping, showing

urlpatterns = [
    path("people/", showing.people, name="people"),
    path("people/<uuid:uuid>/", showing.person, name="person"),
    path("people/<uuid:uuid>/identifiers/<slug:kind>/", showing.reveal, name="reveal"),
    path("people/<uuid:uuid>/correction/", keeping.correct, name="correct"),
    path("people/<uuid:uuid>/numbers/", keeping.record_number, name="record_number"),
    path("people/<uuid:uuid>/posts/new/", keeping.post_new, name="post_new"),
    path("people/<uuid:uuid>/posts/<int:pk>/end/", keeping.post_end, name="post_end"),
    path("people/<uuid:uuid>/guardians/new/", keeping.guardian_new, name="guardian_new"),
    path("people/<uuid:uuid>/guardians/<int:pk>/end/", keeping.guardian_end, name="guardian_end"),
    path("people/<uuid:uuid>/activation/", keeping.activation, name="activation"),
    path("organisations/<uuid:uuid>/people/new/", keeping.enrol, name="enrol"),
    path("organisations/<uuid:uuid>/people/", showing.at_organisation, name="at_organisation"),
    path("classes/", showing.my_classes, name="my_classes"),
    path("classes/<uuid:uuid>/", showing.klass, name="klass"),
    path("classes/<uuid:uuid>/teachings/new/", keeping.teaching_new, name="teaching_new"),
    path("classes/<uuid:uuid>/teachings/<int:pk>/end/", keeping.teaching_end, name="teaching_end"),
    path("family/", showing.family, name="family"),
]
