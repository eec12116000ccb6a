"""A roster from the file to the register, and again."""

from datetime import timedelta

import pytest

from heluo.domains.rosters.actions import confirm_batch
from heluo.domains.rosters.enums import BatchState, Choice, Fault
from heluo.domains.rosters.errors import EndingsNotConfirmed, ErrorsStand, PreviewStale
from heluo.kernel.audit.models import AuditRow
from heluo.kernel.organisations.models import Klass
from heluo.kernel.people.models import Account, Guardianship, Person, Post, Teaching
from tests.domains.rosters.made import (
    CLASSES,
    GUARDIANS,
    PUPILS,
    TEACHERS,
    TEACHINGS,
    Book,
    Office,
    checked,
    found,
    guardian,
    imported,
    phone,
    pupil,
    teacher,
)
from tests.register import NOON

LATER = NOON + timedelta(days=20)


def whole(pupils: int = 6) -> Book:
    return Book(
        {
            CLASSES: [["三年级", "1"], ["四年级", "2"]],
            TEACHERS: [teacher(1), teacher(2)],
            PUPILS: [
                pupil(serial, 年级="四年级" if serial % 2 else "三年级", 班号="2" if serial % 2 else "1")
                for serial in range(1, pupils + 1)
            ],
            GUARDIANS: [guardian(1, 1), guardian(1, 2), guardian(2, 3)],
            TEACHINGS: [
                ["三年级", "1", phone(1), "语文", "是"],
                ["四年级", "2", phone(1), "数学", "否"],
                ["四年级", "2", phone(2), "", "是"],
            ],
        }
    )


def confirm(office: Office, batch: object, choice: Choice = Choice.ALL, reason: str = "", now: object = NOON) -> None:
    confirm_batch(by=office.by, batch=batch, choice=choice, endings_reason=reason, now=now)  # type: ignore[arg-type]


def test_a_whole_school_is_imported(office: Office) -> None:
    batch = checked(office, whole())
    assert found(batch) == set()
    assert (batch.state, batch.clean_rows, batch.counts["new"]) == (BatchState.READ, 16, 10)
    assert Person.objects.filter(name__startswith="河洛").count() == 0
    confirm(office, batch)
    done = imported(batch)
    assert done.state == BatchState.IMPORTED
    assert done.counts["new"] == 10
    assert done.counts["classes_opened"] == 1
    assert Klass.objects.filter(school=office.school).count() == 2
    assert Post.objects.filter(role="pupil", organisation=office.school).count() == 6
    assert Guardianship.objects.count() == 3
    assert Teaching.objects.filter(is_homeroom=True).count() == 2
    assert Account.objects.filter(person__name__startswith="河洛").count() == 6
    assert AuditRow.objects.filter(deed="rosters.batch_imported").count() == 1


def test_a_second_import_changes_only_what_differs(office: Office) -> None:
    first = checked(office, whole())
    confirm(office, first)
    imported(first)
    again = checked(office, whole(), now=LATER)
    assert again.counts.get("same") == 10
    assert not any(count for name, count in again.counts.items() if name != "same")
    fewer = whole(5)
    batch = checked(office, fewer, now=LATER)
    assert batch.counts["ended"] == 1
    confirm(office, batch, now=LATER)
    done = imported(batch, now=LATER)
    assert done.counts["ended"] == 1
    assert Post.objects.filter(role="pupil", ends_on=None).count() == 5


def test_nothing_is_imported_while_an_error_stands(office: Office) -> None:
    book = whole()
    rows = [*book.rows[PUPILS], pupil(9, 身份证号="123", 学籍号="")]
    batch = checked(office, Book({**book.rows, PUPILS: rows}))
    assert found(batch) == {(PUPILS, 8, "身份证号", Fault.NUMBER_LENGTH)}
    with pytest.raises(ErrorsStand):
        confirm(office, batch)
    confirm(office, batch, Choice.CLEAN)
    assert imported(batch).counts["new"] == 10


def test_a_roster_that_would_end_many_needs_a_reason(office: Office) -> None:
    first = checked(office, whole())
    confirm(office, first)
    imported(first)
    batch = checked(office, whole(4), now=LATER)
    with pytest.raises(EndingsNotConfirmed):
        confirm(office, batch, now=LATER)
    confirm(office, batch, reason="西校区分设", now=LATER)
    assert imported(batch, now=LATER).counts["ended"] == 2


def test_of_two_clerks_the_second_looks_again(office: Office) -> None:
    one, other = checked(office, whole()), checked(office, whole(5))
    confirm(office, one, now=LATER)
    with pytest.raises(PreviewStale):
        confirm(office, other, now=LATER)
    imported(one, now=LATER)
    with pytest.raises(PreviewStale):
        confirm(office, other, now=LATER)
