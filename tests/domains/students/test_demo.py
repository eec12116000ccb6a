"""The demo's records: one for every pupil, made by the actions, and not twice."""

import pytest

from heluo.domains.students.demo import build
from heluo.domains.students.enums import ChangeKind
from heluo.domains.students.models import DuplicateCase, StudentChange, StudentRecord, TransferCase
from heluo.kernel.organisations.demo import build as build_organisations
from heluo.kernel.people.demo import build as build_people
from heluo.kernel.people.models import ClassMembership
from tests.register import NOON


@pytest.mark.django_db
def test_every_pupil_of_the_demo_has_a_record_and_some_have_a_history() -> None:
    said: list[str] = []
    for make in (build_organisations, build_people, build, build):
        make(size="small", say=said.append, now=NOON)
    pupils = ClassMembership.objects.values("person").distinct().count()
    assert StudentRecord.objects.filter(ended_on=None).count() == pupils > 20
    assert DuplicateCase.objects.count() == TransferCase.objects.count() == 1
    assert StudentChange.objects.filter(kind=ChangeKind.RESUMED).count() == 1
    assert said.count(f"学籍 {pupils - 1}") == 1
