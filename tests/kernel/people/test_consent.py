"""A child below the age of consent uses the platform only while a guardian agrees."""

from datetime import date

import pytest
from django.db import IntegrityError, connection, transaction

from heluo.kernel.actors.enums import Role
from heluo.kernel.actors.errors import NotAllowed, SignInNeeded
from heluo.kernel.actors.public import Actor
from heluo.kernel.codes.models import RuleFigure
from heluo.kernel.people.enums import NOTICE_VERSION
from heluo.kernel.people.errors import NothingToWithdraw, NotTheGuardian
from heluo.kernel.people.models import Consent, Person
from heluo.kernel.people.public import (
    NewGuardianship,
    give_consent,
    needs_consent,
    record_guardianships,
    record_paper_consents,
    withdraw_consent,
)
from tests.kernel.people.conftest import School
from tests.register import CLERK, NOON, TERM_START, TODAY, actor_at, person

EVE_OF_FOURTEEN, FOURTEEN = date(2012, 10, 10), date(2012, 10, 9)


@pytest.fixture
def child(small: School) -> Person:
    return person(Role.PUPIL, small.school, "涧水流萤", born_on=date(2017, 3, 3))


@pytest.fixture
def parent(small: School, child: Person) -> Actor:
    guardian = person(Role.GUARDIAN, small.school, "涧水临风")
    record_guardianships(by=CLERK, guardianships=[NewGuardianship(guardian, child, "母亲", TERM_START)], now=NOON)
    return actor_at(Role.GUARDIAN, small.school, guardian)


def test_the_newest_decision_holds(child: Person, parent: Actor) -> None:
    assert needs_consent(child, on=TODAY)
    give_consent(by=parent, child=child, notice_version=NOTICE_VERSION, now=NOON)
    assert not needs_consent(child, on=TODAY)
    withdraw_consent(by=parent, child=child, now=NOON)
    assert needs_consent(child, on=TODAY)
    with pytest.raises(NothingToWithdraw):
        withdraw_consent(by=parent, child=child, now=NOON)
    assert list(Consent.objects.order_by("id").values_list("given", flat=True)) == [True, False]


@pytest.mark.parametrize(("born_on", "needed"), [(EVE_OF_FOURTEEN, True), (FOURTEEN, False)])
def test_the_need_ends_on_the_birthday(small: School, born_on: date, needed: bool) -> None:
    assert needs_consent(person(Role.PUPIL, small.school, born_on=born_on), on=TODAY) is needed


def test_the_age_is_data(small: School) -> None:
    RuleFigure.objects.create(
        key="consent-age", name="x", value=16, unit="岁", valid_from=date(2026, 10, 1), source="x", is_verified=False
    )
    assert needs_consent(person(Role.PUPIL, small.school, born_on=FOURTEEN), on=TODAY)


def test_a_pupil_of_unknown_age_counts_as_a_child_and_a_teacher_does_not(small: School) -> None:
    assert needs_consent(small.pupil, on=TODAY)
    assert not needs_consent(small.teacher, on=TODAY)


def test_only_a_guardian_in_force_decides(small: School, child: Person, parent: Actor) -> None:
    stranger = actor_at(Role.TEACHER, small.school, small.teacher)
    with pytest.raises(NotTheGuardian):
        give_consent(by=stranger, child=child, notice_version=NOTICE_VERSION, now=NOON)
    with pytest.raises(NotTheGuardian):
        give_consent(by=parent, child=small.pupil, notice_version=NOTICE_VERSION, now=NOON)
    with pytest.raises(SignInNeeded):
        withdraw_consent(by=CLERK, child=child, now=NOON)


def test_a_school_records_signed_forms(small: School, child: Person, parent: Actor) -> None:
    guardian = Person.objects.get(uuid=parent.person_id)
    admin = actor_at(Role.SCHOOL_ADMIN, small.school, small.admin)
    with pytest.raises(NotTheGuardian):
        record_paper_consents(by=admin, consents=[(child, small.teacher)], notice_version=NOTICE_VERSION, now=NOON)
    with pytest.raises(NotAllowed):
        record_paper_consents(by=parent, consents=[(child, guardian)], notice_version=NOTICE_VERSION, now=NOON)
    [row] = record_paper_consents(by=admin, consents=[(child, guardian)], notice_version=NOTICE_VERSION, now=NOON)
    assert row.on_paper
    assert not needs_consent(child, on=TODAY)


@pytest.mark.parametrize("statement", ["UPDATE people_consent SET given = false", "DELETE FROM people_consent"])
def test_the_database_refuses_to_change_a_decision(child: Person, parent: Actor, statement: str) -> None:
    give_consent(by=parent, child=child, notice_version=NOTICE_VERSION, now=NOON)
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
