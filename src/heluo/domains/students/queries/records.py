"""Reads of records, narrowed to what somebody may see."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery

from heluo.domains.students.access import Permission
from heluo.domains.students.enums import CATEGORIES, NumberType, State
from heluo.domains.students.models import StudentChange, StudentRecord
from heluo.kernel.actors.enums import Role
from heluo.kernel.actors.errors import Invalid, NotFound
from heluo.kernel.actors.public import Actor, allows, within
from heluo.kernel.clock.public import SchoolYear
from heluo.kernel.codes.public import codes_of
from heluo.kernel.organisations.enums import OrganisationKind, Stage
from heluo.kernel.organisations.models import Klass, Organisation
from heluo.kernel.organisations.public import classes_of
from heluo.kernel.organisations.school_types import school_types
from heluo.kernel.people.enums import IdentifierKind
from heluo.kernel.people.models import ClassMembership, Guardianship, Identifier, Person, Post, Teaching, in_period
from heluo.kernel.people.public import find_by_identifier, found_among

SCHOOL_PATH = "school__path"
Choices = list[tuple[str, str]]


# -- who sees what ----------------------------------------------------------------------------------------------------


def kept_records(actor: Actor) -> QuerySet[StudentRecord]:
    """The records of the schools one looks after, with person and school."""
    return _records().filter(within(actor, Permission.VIEW, SCHOOL_PATH))


def taught_records(actor: Actor, *, on: date) -> QuerySet[StudentRecord]:
    """The open records of the pupils in the classes one teaches."""
    if actor.person_id is None or not allows(actor, Permission.SEE_CLASS):
        return StudentRecord.objects.none()
    return _records().filter(_taught_by(actor.person_id, on), ended_on=None)


def own_records(actor: Actor, *, on: date) -> QuerySet[StudentRecord]:
    """One's own records and those of one's wards, newest first."""
    if actor.person_id is None:
        return StudentRecord.objects.none()
    guarded = Exists(
        Guardianship.objects.filter(in_period(on), child=OuterRef("person_id"), guardian__uuid=actor.person_id)
    )
    own = Q(person__uuid=actor.person_id) | Q(guarded)
    return _records().filter(own).order_by("person__born_on", "person_id", "-enrolled_on", "-id")


@dataclass(frozen=True, slots=True)
class SeenRecord:
    """A record and how close the viewer stands to it."""

    record: StudentRecord
    is_keeper: bool
    is_own: bool

    @property
    def shows_numbers(self) -> bool:
        """Teachers see a record without its numbers."""
        return self.is_keeper or self.is_own


def record_for(actor: Actor, uuid: UUID, *, on: date) -> SeenRecord:
    """One record as this actor may see it; "not there" and "not yours" are the same."""
    found = kept_records(actor).filter(uuid=uuid).first()
    if found is not None:
        return SeenRecord(found, is_keeper=True, is_own=False)
    found = own_records(actor, on=on).filter(uuid=uuid).first()
    if found is not None:
        return SeenRecord(found, is_keeper=False, is_own=True)
    found = taught_records(actor, on=on).filter(uuid=uuid).first()
    if found is None:
        raise NotFound
    return SeenRecord(found, is_keeper=False, is_own=False)


def kept_record(actor: Actor, uuid: UUID, permission: str = Permission.KEEP) -> StudentRecord:
    """A record on which the actor holds a permission."""
    found = _records().filter(within(actor, permission, SCHOOL_PATH), uuid=uuid).first()
    if found is None:
        raise NotFound
    return found


def _taught_by(person_id: UUID, on: date) -> Exists:
    return Exists(
        ClassMembership.objects.filter(
            in_period(on),
            Exists(Teaching.objects.filter(in_period(on), klass=OuterRef("klass_id"), person__uuid=person_id)),
            person=OuterRef("person_id"),
        )
    )


def _records() -> QuerySet[StudentRecord]:
    return StudentRecord.objects.select_related("person", "school")


# -- lists ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordFilter:
    """What a list is narrowed by; empty parts narrow nothing."""

    states: Sequence[str] = ()
    grades: Sequence[str] = ()
    """`<stage>-<entry year>`."""
    klass: UUID | None = None
    number_types: Sequence[str] = ()
    text: str = ""


def narrowed(
    actor: Actor, records: QuerySet[StudentRecord], wanted: RecordFilter, *, on: date
) -> QuerySet[StudentRecord]:
    """Those of some records that fit."""
    if wanted.states:
        records = records.filter(state__in=[state for state in wanted.states if state in State.values])
    if wanted.grades:
        years = Q(pk__in=())
        for grade in wanted.grades:
            stage, _dash, year = grade.partition("-")
            if year.isascii() and year.isdigit():
                years |= Q(stage=stage, entry_year=int(year))
        records = records.filter(years)
    if wanted.klass is not None:
        seats = ClassMembership.objects.filter(in_period(on), klass__uuid=wanted.klass, person=OuterRef("person_id"))
        records = records.filter(Exists(seats))
    if wanted.number_types:
        starts = Q(pk__in=())
        for kind in wanted.number_types:
            starts |= Q(masked__startswith=kind)
        numbers = Identifier.objects.filter(starts, kind=IdentifierKind.STUDENT_NUMBER, person=OuterRef("person_id"))
        records = records.filter(Exists(numbers))
    return _searched(actor, records, wanted.text.strip(), on) if wanted.text.strip() else records


def _searched(actor: Actor, records: QuerySet[StudentRecord], text: str, on: date) -> QuerySet[StudentRecord]:
    """By 学籍号 or resident number; else as people are found: by platform number, name, pinyin or initials.

    How a line is read is decided among the pupils of these records alone.
    """
    for kind in (IdentifierKind.STUDENT_NUMBER, IdentifierKind.RESIDENT_ID):
        try:
            found = find_by_identifier(actor, kind, text, on=on)
        except Invalid:
            continue
        return records.filter(person=found) if found else records.none()
    pupils = Person.objects.filter(Exists(records.filter(person=OuterRef("pk"))))
    return records.filter(person__in=found_among(pupils, text).people)


def numbers_of(people: Collection[int]) -> dict[int, str]:
    """Person key → masked 学籍号."""
    return dict(
        Identifier.objects.filter(kind=IdentifierKind.STUDENT_NUMBER, person__in=people).values_list(
            "person_id", "masked"
        )
    )


def number_type_of(masked: str) -> NumberType | None:
    return NumberType(masked[0]) if masked and masked[0] in NumberType.values else None


def seats_of(people: Collection[int], *, on: date) -> dict[int, Klass]:
    """Person key → the class they sit in."""
    rows = (
        ClassMembership.objects.filter(in_period(on), person__in=people).select_related("klass").order_by("starts_on")
    )
    return {row.person_id: row.klass for row in rows}


def without_record(school: Organisation, *, on: date) -> QuerySet[ClassMembership]:
    """Seats of pupils of a school for whom nobody has opened a record."""
    open_records = StudentRecord.objects.filter(person=OuterRef("person_id"), ended_on=None)
    return (
        ClassMembership.objects.filter(in_period(on), ~Exists(open_records), klass__school=school)
        .select_related("person", "klass__school")
        .order_by("klass__stage", "-klass__entry_year", "klass__number", "person__name_sort", "id")
    )


def year_groups(actor: Actor, school: Organisation, *, year: SchoolYear) -> list[tuple[str, str, int]]:
    """The year groups with open records at a school: `<stage>-<entry year>`, the grade in words, how many pupils."""
    rows = (
        kept_records(actor)
        .filter(school=school, ended_on=None)
        .values("stage", "entry_year")
        .annotate(count=Count("pk"))
        .order_by("stage", "-entry_year")
    )
    order = list(Stage)
    return [
        (
            f"{row['stage']}-{row['entry_year']}",
            StudentRecord(stage=row["stage"], entry_year=row["entry_year"]).grade(year),
            row["count"],
        )
        for row in sorted(rows, key=lambda row: (order.index(Stage(row["stage"])), -row["entry_year"]))
    ]


def state_counts(actor: Actor, school: Organisation) -> dict[str, int]:
    """How many records of a school are in which state."""
    rows = kept_records(actor).filter(school=school).values_list("state").annotate(count=Count("pk")).order_by()
    return dict(rows)


# -- one record -------------------------------------------------------------------------------------------------------


def changes_of(record: StudentRecord) -> QuerySet[StudentChange]:
    """Everything that happened to a record, newest first."""
    return record.changes.select_related(
        "from_school", "to_school", "from_klass", "to_klass", "reverses", "reversed_by"
    ).order_by("-id")


def newest_effective(records: Collection[int]) -> dict[int, StudentChange]:
    """Record key → its newest change that still holds: neither a correction nor corrected."""
    newest = (
        StudentChange.objects.filter(record=OuterRef("record"), reverses=None, reversed_by=None)
        .order_by("-id")
        .values("pk")[:1]
    )
    rows = StudentChange.objects.filter(record__in=records, pk=Subquery(newest)).select_related(
        "from_school", "from_klass__school", "to_school", "to_klass"
    )
    return {row.record_id: row for row in rows}


def open_record_of(person: Person) -> StudentRecord | None:
    return _records().filter(person=person, ended_on=None).first()


def last_school_of(person: Person) -> str:
    """The name of the school of somebody's last ended record; empty where there is none."""
    last = _records().filter(person=person, ended_on__isnull=False).order_by("-ended_on", "-id").first()
    return last.school.name if last else ""


# -- places and choices -----------------------------------------------------------------------------------------------


def schools_of(actor: Actor, permission: str = Permission.KEEP) -> QuerySet[Organisation]:
    """The open schools where the actor holds a permission."""
    return (
        Organisation.objects.filter(within(actor, permission, "path"), closed_on=None)
        .exclude(kind=OrganisationKind.BUREAU)
        .order_by("path")
    )


def school_for(actor: Actor, uuid: UUID, permission: str = Permission.KEEP) -> Organisation:
    found = schools_of(actor, permission).filter(uuid=uuid).select_related("region", "parent").first()
    if found is None:
        raise NotFound
    return found


def stages_of(school: Organisation) -> tuple[Stage, ...]:
    """What a school teaches; a teaching point teaches primary classes."""
    kind = school_types().get(school.school_type)
    if kind is not None:
        return kind.stages
    return (Stage.PRIMARY,) if school.kind == OrganisationKind.TEACHING_POINT else ()


def classes_for(school: Organisation, stage: str, *, year: SchoolYear) -> list[Klass]:
    """The classes of one stage of a school in a school year, lowest grade first."""
    return [klass for klass in classes_of(school, year=year) if klass.stage == stage]


def pupils_at(school: Organisation, people: Collection[int], *, on: date) -> set[int]:
    """Those of some people who are pupils of a school on a day."""
    return set(
        Post.objects.filter(in_period(on), role=Role.PUPIL, organisation=school, person__in=people).values_list(
            "person_id", flat=True
        )
    )


def category_choices(*, on: date) -> Choices:
    return [(code.value, str(code)) for code in codes_of(CATEGORIES, on=on)]
