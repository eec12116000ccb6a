"""Name, sex and birthday put right: by whoever keeps them, with grounds, and not against a number on record."""

from datetime import date

import pytest

from heluo.kernel.actors.enums import Role
from heluo.kernel.actors.errors import NotAllowed
from heluo.kernel.actors.public import Actor
from heluo.kernel.audit.models import AuditRow
from heluo.kernel.people.enums import IdentifierKind
from heluo.kernel.people.errors import (
    BirthdayMismatch,
    BornInTheFuture,
    CorrectionReasonMissing,
    NothingCorrected,
    PersonNameMissing,
)
from heluo.kernel.people.models import Person
from heluo.kernel.people.public import NewIdentifier, appoint, correct_person, record_identifiers
from tests.kernel.people.conftest import School
from tests.kernel.people.test_enrolling import resident
from tests.register import CLERK, NOON, TERM_START, actor_at, school

REASON = "户口簿已变更姓名"


def correct(by: Actor, whom: Person, **facts: object) -> Person:
    said = {"name": whom.name, "sex": whom.sex, "born_on": whom.born_on, "reason": REASON, **facts}
    return correct_person(by=by, person=whom, **said, now=NOON)  # type: ignore[arg-type]


@pytest.fixture
def admin(small: School) -> Actor:
    return actor_at(Role.SCHOOL_ADMIN, small.school, small.admin)


def test_a_correction_keeps_what_was_and_why(small: School, admin: Actor) -> None:
    fixed = correct(admin, small.pupil, name="河洛望舒", sex="2")
    assert (fixed.name, fixed.name_sort) == ("河洛望舒", "heluowangshu")
    row = AuditRow.objects.get(deed="people.person_corrected")
    assert row.details["reason"] == REASON
    assert row.details["before"] == {"name": "河洛听雨", "sex": ""}
    assert row.details["after"] == {"name": "河洛望舒", "sex": "2"}


@pytest.mark.parametrize(
    ("facts", "refusal"),
    [
        ({}, NothingCorrected),
        ({"name": "  "}, PersonNameMissing),
        ({"born_on": date(2099, 1, 1)}, BornInTheFuture),
        ({"sex": "1", "reason": " 改 "}, CorrectionReasonMissing),
    ],
)
def test_what_cannot_stand_is_refused(
    small: School, admin: Actor, facts: dict[str, object], refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        correct(admin, small.pupil, **facts)


def test_a_birthday_does_not_contradict_a_number(small: School, admin: Actor) -> None:
    number = NewIdentifier(small.pupil, IdentifierKind.RESIDENT_ID, resident(date(2016, 5, 4)))
    record_identifiers(by=CLERK, identifiers=[number], now=NOON)
    with pytest.raises(BirthdayMismatch):
        correct(admin, small.pupil, born_on=date(2016, 5, 5))
    assert correct(admin, small.pupil, born_on=date(2016, 5, 4)).born_on == date(2016, 5, 4)


def test_who_belongs_to_two_schools_is_corrected_from_above_both(small: School, admin: Actor) -> None:
    other = school("2141970002", "示例第二小学")
    appoint(by=CLERK, person=small.teacher, role=Role.TEACHER, organisation=other, starts_on=TERM_START, now=NOON)
    with pytest.raises(NotAllowed):
        correct(admin, small.teacher, sex="1")
    assert correct(actor_at(Role.COUNTY_OFFICER, small.county), small.teacher, sex="1").sex == "1"


def test_nobody_corrects_themselves_or_strangers(small: School, admin: Actor) -> None:
    with pytest.raises(NotAllowed):
        correct(admin, small.admin, name="伊阙知秋")
    stranger = actor_at(Role.SCHOOL_ADMIN, school("2141970003", "示例第三小学"))
    with pytest.raises(NotAllowed):
        correct(stranger, small.pupil, sex="1")
