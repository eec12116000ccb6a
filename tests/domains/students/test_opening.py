"""Opening records: one per pupil, with a number for life."""

import re
from collections.abc import Callable
from threading import Barrier, Thread

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from heluo.domains.students.actions import open_records
from heluo.domains.students.enums import ChangeKind, State
from heluo.domains.students.errors import (
    AlreadyHasARecord,
    BirthdayNeeded,
    EntryYearOutOfRange,
    LengthOutOfRange,
    NotAPupilOfTheSchool,
    StageNotTaughtHere,
)
from heluo.domains.students.models import StudentChange, StudentRecord
from heluo.domains.students.queries.records import numbers_of, without_record
from heluo.kernel.actors.enums import Role
from heluo.kernel.actors.errors import NotAllowed, Refusal
from heluo.kernel.audit.models import AuditDifference, AuditRow
from heluo.kernel.codes.errors import UnknownCode, WrongCheckDigit
from heluo.kernel.codes.public import resident_check
from heluo.kernel.organisations.enums import Stage
from heluo.kernel.people.enums import IdentifierKind
from heluo.kernel.people.errors import IdentifierTaken
from heluo.kernel.people.models import Identifier
from tests.domains.students.conftest import House, make_house, new_record, pupils, records
from tests.register import NOON, PROVINCE, TERM_START, actor_at, bureau, klass, person


def formal_number(born: str = "20180309", serial: str = "001") -> str:
    first_17 = f"999999{born}{serial}"
    return f"G{first_17}{resident_check(first_17)}"


def test_a_record_opens_with_its_first_fact_and_a_temporary_number(house: House) -> None:
    [record] = records(house.clerk, house.third)
    assert (record.state, record.school, record.entry_year, record.ended_on) == (
        State.ENROLLED,
        house.school,
        2024,
        None,
    )
    [change] = record.changes.all()
    assert (change.kind, change.to_klass, change.to_state) == (ChangeKind.OPENED, house.third, State.ENROLLED)
    masked = numbers_of([record.person_id])[record.person_id]
    assert re.fullmatch(r"L41\*{14}..", masked), "the region of the school, then covered"


def test_a_number_that_a_pupil_brings_is_kept_and_never_replaced(house: House) -> None:
    [who] = pupils(house.third)
    number = formal_number(f"{who.born_on:%Y%m%d}")
    open_records(by=house.clerk, records=[new_record(who, house.third, number=number)], on=TERM_START, now=NOON)
    before = Identifier.objects.get(person=who, kind=IdentifierKind.STUDENT_NUMBER)
    StudentRecord.objects.update(ended_on=TERM_START)
    open_records(by=house.clerk, records=[new_record(who, house.third)], on=TERM_START, now=NOON)
    after = Identifier.objects.get(person=who, kind=IdentifierKind.STUDENT_NUMBER)
    assert (after.masked[0], after.lookup) == ("G", before.lookup)


def test_a_number_with_a_wrong_check_digit_or_of_somebody_else_opens_nothing(house: House) -> None:
    first, second = pupils(house.third, 2)
    number = formal_number(f"{first.born_on:%Y%m%d}")
    wrong = number[:-1] + ("0" if number[-1] != "0" else "1")
    with pytest.raises(WrongCheckDigit):
        open_records(by=house.clerk, records=[new_record(first, house.third, number=wrong)], on=TERM_START, now=NOON)
    open_records(by=house.clerk, records=[new_record(first, house.third, number=number)], on=TERM_START, now=NOON)
    second.born_on = first.born_on
    second.save()
    with pytest.raises(IdentifierTaken):
        open_records(by=house.clerk, records=[new_record(second, house.third, number=number)], on=TERM_START, now=NOON)
    assert StudentRecord.objects.count() == 1


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"stage": Stage.JUNIOR}, StageNotTaughtHere),
        ({"entry_year": 2010}, EntryYearOutOfRange),
        ({"length": 0}, LengthOutOfRange),
        ({"category": "99999"}, UnknownCode),
    ],
)
def test_what_does_not_fit_is_refused(house: House, changes: dict[str, object], refusal: type[Refusal]) -> None:
    [who] = pupils(house.third)
    with pytest.raises(refusal):
        open_records(by=house.clerk, records=[new_record(who, house.third, **changes)], on=TERM_START, now=NOON)


def test_only_pupils_of_the_school_get_a_record(house: House) -> None:
    teacher = person(Role.TEACHER, house.school, "教书人")
    with pytest.raises(NotAPupilOfTheSchool):
        open_records(by=house.clerk, records=[new_record(teacher, house.third)], on=TERM_START, now=NOON)


def test_without_birthday_no_temporary_number_can_be_made(house: House) -> None:
    [who] = pupils(house.third)
    who.born_on = None
    who.save()
    with pytest.raises(BirthdayNeeded):
        open_records(by=house.clerk, records=[new_record(who, house.third)], on=TERM_START, now=NOON)


def test_a_pupil_has_one_open_record_and_one_bad_row_stops_the_batch(house: House) -> None:
    [record] = records(house.clerk, house.third)
    [another] = pupils(house.third)
    batch = [new_record(another, house.third), new_record(record.person, house.third)]
    with pytest.raises(AlreadyHasARecord):
        open_records(by=house.clerk, records=batch, on=TERM_START, now=NOON)
    assert not StudentRecord.objects.filter(person=another).exists()


def test_a_stranger_and_a_superior_without_the_right_open_nothing(house: House) -> None:
    [who] = pupils(house.third)
    for actor in (
        house.stranger,
        actor_at(Role.PROVINCE_ADMIN, bureau(PROVINCE)),
        actor_at(Role.TEACHER, house.school),
    ):
        with pytest.raises(NotAllowed):
            open_records(by=actor, records=[new_record(who, house.third)], on=TERM_START, now=NOON)
    open_records(by=house.officer, records=[new_record(who, house.third)], on=TERM_START, now=NOON)


def test_a_batch_is_audited_once_with_a_difference_per_record_and_no_number(house: House) -> None:
    made = records(house.clerk, house.third, 3)
    row = AuditRow.objects.get(deed="students.records_opened")
    assert row.differences_count == 3
    assert set(AuditDifference.objects.filter(row=row).values_list("subject_id", flat=True)) == {
        str(record.uuid) for record in made
    }
    assert StudentChange.objects.count() == 3


def test_opening_costs_the_same_for_two_and_for_four(house: House) -> None:
    records(house.clerk, house.third)  # the first one ever also makes the keys

    def queries(number: int) -> int:
        people = pupils(house.third, number)
        with CaptureQueriesContext(connection) as seen:
            open_records(
                by=house.clerk, records=[new_record(who, house.third) for who in people], on=TERM_START, now=NOON
            )
        return len(seen)

    assert queries(2) == queries(4)


def test_pupils_in_a_class_without_a_record_are_listed_until_they_have_one(house: House) -> None:
    people = pupils(house.third, 2)
    assert {seat.person_id for seat in without_record(house.school, on=TERM_START)} == {who.pk for who in people}
    open_records(by=house.clerk, records=[new_record(people[0], house.third)], on=TERM_START, now=NOON)
    assert [seat.person_id for seat in without_record(house.school, on=TERM_START)] == [people[1].pk]


def together(*deeds: Callable[[], object]) -> list[str]:
    """Run deeds at the same moment in threads of their own; `done` or the code of the refusal of each, sorted."""
    start = Barrier(len(deeds))
    answers: list[str] = []

    def run(deed: Callable[[], object]) -> None:
        try:
            start.wait()
            deed()
            answers.append("done")
        except Refusal as refusal:
            answers.append(refusal.code)
        finally:
            connection.close()

    threads = [Thread(target=run, args=(deed,)) for deed in deeds]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(answers)


@pytest.mark.django_db(transaction=True)
def test_of_two_clerks_at_once_one_opens_the_record() -> None:
    house = make_house()
    records(house.clerk, klass(house.school, 2022, 1))
    [who] = pupils(house.third)

    def deed() -> None:
        open_records(by=house.clerk, records=[new_record(who, house.third)], on=TERM_START, now=NOON)

    assert together(deed, deed) == ["already_has_a_record", "done"]
    assert StudentRecord.objects.filter(person=who).count() == 1
