"""Opening records. Set-based: one record is a batch of one."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from heluo.domains.students.access import Permission
from heluo.domains.students.actions.subjects import as_registrar, group_subject
from heluo.domains.students.enums import CATEGORIES, Attendance, ChangeKind, State
from heluo.domains.students.errors import (
    AlreadyHasARecord,
    BirthdayNeeded,
    EntryYearOutOfRange,
    LengthOutOfRange,
    NotAPupilOfTheSchool,
    StageNotTaughtHere,
)
from heluo.domains.students.events import RecordsOpened
from heluo.domains.students.models import LONGEST_SCHOOLING, StudentChange, StudentRecord
from heluo.domains.students.queries.records import pupils_at, seats_of, stages_of
from heluo.kernel.actors.errors import refused_as
from heluo.kernel.actors.public import Actor, require
from heluo.kernel.audit.public import Difference, record_batch
from heluo.kernel.clock.public import SchoolYear, local_day
from heluo.kernel.codes.public import code_of, copy_in, mint_identifier, reserve_ids, temporary_code
from heluo.kernel.events.public import announce
from heluo.kernel.organisations.enums import Stage
from heluo.kernel.organisations.grades import entry_years
from heluo.kernel.organisations.models import Organisation
from heluo.kernel.people.enums import IdentifierKind
from heluo.kernel.people.models import Identifier, Person
from heluo.kernel.people.public import NewIdentifier, record_identifiers

RECORDS = "students_studentrecord"
RANDOM_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
"""As in the unified social credit code: without I, O, S, V and Z, which are misread."""
RANDOM_LENGTH = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class NewRecord:
    """A record to be opened. `number` is the 学籍号 a pupil brings along; without one a temporary one is made."""

    person: Person
    school: Organisation
    stage: Stage
    entry_year: int
    category: str
    length: int
    attendance: Attendance = Attendance.DAY
    origin_school: str = ""
    number: str = ""


@transaction.atomic
def open_records(*, by: Actor, records: Sequence[NewRecord], on: date, now: datetime) -> list[StudentRecord]:
    """Open records for pupils of the schools one keeps, or none of them if one cannot be.

    A pupil who had a 学籍号 before keeps it for life. Raises the refusals of `errors`, and those of the number given.
    """
    if not records:
        return []
    _check(by, records, on)
    numbered = set(
        Identifier.objects.filter(
            kind=IdentifierKind.STUDENT_NUMBER, person__in=[new.person.pk for new in records]
        ).values_list("person_id", flat=True)
    )
    _give_numbers(by, [new for new in records if new.person.pk not in numbered], now)
    names = "、".join(new.person.name for new in records[:3])
    with refused_as(AlreadyHasARecord, constraint="one_open_record_per_person", field="person", person=names):
        made = [
            StudentRecord(
                pk=key,
                uuid=mint_identifier("student-record", str(key)),
                person=new.person,
                school=new.school,
                stage=new.stage,
                entry_year=new.entry_year,
                category=new.category,
                length=new.length,
                attendance=new.attendance,
                origin_school=new.origin_school.strip(),
                enrolled_on=on,
            )
            for key, new in zip(reserve_ids(RECORDS, len(records)), records, strict=True)
        ]
        copy_in(made)
    seats = seats_of([new.person.pk for new in records], on=on)
    copy_in(
        [
            StudentChange(
                record=record,
                kind=ChangeKind.OPENED,
                on=on,
                to_school=record.school,
                to_klass=seats.get(record.person_id),
                to_entry_year=record.entry_year,
                to_state=State.ENROLLED,
                by_person=by.person_id,
                by_name=by.name,
                at=now,
            )
            for record in made
        ]
    )
    record_batch(
        by=by,
        at=now,
        deed="students.records_opened",
        subject=group_subject(made),
        differences=[
            Difference(
                subject_id=str(record.uuid),
                after={"state": record.state, "on": on.isoformat(), "entry_year": record.entry_year},
            )
            for record in made
        ],
    )
    announce(RecordsOpened(record_ids=tuple(record.uuid for record in made)), by=by, at=now)
    return made


def _check(by: Actor, records: Sequence[NewRecord], on: date) -> None:
    schools = {new.school.pk: new.school for new in records}
    for school in schools.values():
        require(by, Permission.KEEP, on=school)
    for category in {new.category for new in records}:
        code_of(CATEGORIES, category, on=on)
    year = SchoolYear.on(on)
    pupils = {
        key: pupils_at(school, [new.person.pk for new in records if new.school.pk == key], on=on)
        for key, school in schools.items()
    }
    people = [new.person.pk for new in records]
    has_one = StudentRecord.objects.filter(person__in=people, ended_on=None).select_related("person").first()
    if has_one is not None:
        raise AlreadyHasARecord(field="person", person=has_one.person.name)
    for new in records:
        if new.person.pk not in pupils[new.school.pk]:
            raise NotAPupilOfTheSchool(field="person", person=new.person.name, school=new.school.name)
        if new.stage not in stages_of(new.school):
            raise StageNotTaughtHere(field="stage", school=new.school.name, stage=new.stage.label)
        if new.entry_year not in entry_years(new.stage, year):
            raise EntryYearOutOfRange(field="entry_year", entry_year=new.entry_year, stage=new.stage.label)
        if not 1 <= new.length <= LONGEST_SCHOOLING:
            raise LengthOutOfRange(field="length")


def _give_numbers(by: Actor, records: Sequence[NewRecord], now: datetime) -> None:
    """Record the numbers that pupils bring, and make temporary ones for the others."""
    today = local_day(now)
    identifiers = []
    for new in records:
        value = new.number.strip()
        if not value:
            born_on = new.person.born_on
            if born_on is None or born_on > today:
                raise BirthdayNeeded(field="number", person=new.person.name)
            value = temporary_code(
                region_code=new.school.region.code,
                born_on=born_on,
                random="".join(secrets.choice(RANDOM_ALPHABET) for _place in range(RANDOM_LENGTH)),
            )
        identifiers.append(NewIdentifier(new.person, IdentifierKind.STUDENT_NUMBER, value))
    schools = {new.school.pk: new.school for new in records}
    record_identifiers(by=as_registrar(by, *schools.values()), identifiers=identifiers, now=now)
