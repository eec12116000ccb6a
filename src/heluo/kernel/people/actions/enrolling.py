"""One person at one school, by the rules by which rosters are merged: numbers decide who somebody is."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.db.models import Q

from heluo.kernel.actors.enums import Role
from heluo.kernel.actors.errors import Invalid
from heluo.kernel.actors.public import Actor
from heluo.kernel.clock.public import local_day
from heluo.kernel.codes.public import Sex
from heluo.kernel.organisations.models import Klass, Organisation
from heluo.kernel.people.access import require_appointment
from heluo.kernel.people.actions.identifiers import ring_at_hand
from heluo.kernel.people.actions.merging import ListedPerson, Lists, compare_lists, merge_lists
from heluo.kernel.people.actions.registration import NewGuardianship, record_guardianships
from heluo.kernel.people.enums import NAME_LENGTH, ClashKind, Deed, IdentifierKind
from heluo.kernel.people.errors import (
    BirthdayMismatch,
    BornInTheFuture,
    CannotEnrol,
    NotAClassHere,
    NumberMissing,
    PersonNameMissing,
    SexMismatch,
)
from heluo.kernel.people.identifier_rules import RULES, ReadIdentifier
from heluo.kernel.people.models import Guardianship, Identifier, Person

ONLY_LINE = 1
NUMBERS: Mapping[Role, tuple[IdentifierKind, ...]] = {
    Role.PUPIL: (IdentifierKind.RESIDENT_ID, IdentifierKind.STUDENT_NUMBER),
    Role.TEACHER: (IdentifierKind.RESIDENT_ID, IdentifierKind.PHONE),
    Role.GUARDIAN: (IdentifierKind.PHONE, IdentifierKind.RESIDENT_ID),
}
"""Numbers by which somebody in a role is known; at least one is needed, or nobody could tell them from others."""
FIELDS: Mapping[ClashKind, str] = {ClashKind.OTHER_NAME: "name", ClashKind.PUPIL_ELSEWHERE: "name"}


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAtSchool:
    """Who comes to a school, and as what. Birthday and sex may be left to the resident number."""

    role: Role
    name: str
    numbers: Mapping[IdentifierKind, str]
    sex: str = ""
    born_on: date | None = None
    klass: Klass | None = None


@dataclass(frozen=True, slots=True)
class Enrolled:
    """Who it turned out to be, what became of them, and whether facts kept by another organisation differ."""

    person: Person
    deed: Deed
    facts_kept: bool


@transaction.atomic
def enrol_person(*, by: Actor, school: Organisation, new: NewAtSchool, now: datetime) -> Enrolled:
    """Register a teacher, pupil or guardian at a school from today on.

    Whoever bears one of the numbers already is that person and gets the place; nobody is registered twice. Raises
    `CannotEnrol` where the register contradicts.
    """
    today = local_day(now)
    require_appointment(by, new.role, school)
    name = new.name.strip()
    if not name or len(name) > NAME_LENGTH:
        raise PersonNameMissing(field="name", longest=NAME_LENGTH)
    if new.klass is not None and new.klass.school_id != school.pk:
        raise NotAClassHere(field="klass", school=school.name)
    numbers, born_on, sex = _read(new, today)
    line = ListedPerson(
        line=ONLY_LINE,
        role=new.role,
        name=name,
        sex=sex,
        born_on=born_on,
        identifiers=tuple(numbers.items()),
        klass=new.klass.pk if new.klass and new.role == Role.PUPIL else None,
    )
    compared = compare_lists(by=by, lists=Lists(school=school, lines=[line]), on=today)
    for clash in compared.errors:
        raise CannotEnrol(field=FIELDS.get(clash.kind), why=clash.kind.label)
    merged = merge_lists(
        by=by,
        lists=Lists(school=school, lines=[line]),
        deed="people.person_enrolled",
        most_ended_percent=None,
        now=now,
    )
    return Enrolled(
        person=_bearer_of(numbers),
        deed=merged.comparison.deeds[ONLY_LINE][0],
        facts_kept=any(clash.kind == ClashKind.FACTS_KEPT for clash in merged.comparison.clashes),
    )


@transaction.atomic
def register_guardian(
    *,
    by: Actor,
    child: Person,
    school: Organisation,
    name: str,
    relation: str,
    numbers: Mapping[IdentifierKind, str],
    now: datetime,
) -> Guardianship:
    """Register somebody at a pupil's school as the one who answers for the pupil; known by number, never doubled."""
    new = NewAtSchool(role=Role.GUARDIAN, name=name, numbers=numbers)
    guardian = enrol_person(by=by, school=school, new=new, now=now).person
    row = NewGuardianship(guardian, child, relation.strip(), local_day(now))
    return record_guardianships(by=by, guardianships=[row], now=now)[0]


def _read(new: NewAtSchool, today: date) -> tuple[dict[IdentifierKind, str], date | None, str]:
    """The numbers in their one spelling, and birthday and sex as given or as the numbers tell."""
    kinds = NUMBERS[new.role]
    given = {kind: new.numbers[kind] for kind in kinds if new.numbers.get(kind, "").strip()}
    if not given:
        raise NumberMissing(field=kinds[0], kinds="、".join(str(kind.label) for kind in kinds))
    born_on, sex = new.born_on, new.sex
    numbers: dict[IdentifierKind, str] = {}
    for kind, text in given.items():
        read = _number(kind, text, today)
        if read.born_on and born_on and read.born_on != born_on:
            raise BirthdayMismatch(field=kind, kind=kind.label)
        if read.sex and sex in {Sex.MALE, Sex.FEMALE} and read.sex != sex:
            raise SexMismatch(field="sex")
        born_on, sex = born_on or read.born_on, sex or (read.sex or "")
        numbers[kind] = read.value
    if born_on is not None and born_on > today:
        raise BornInTheFuture(field="born_on")
    return numbers, born_on, sex


def _number(kind: IdentifierKind, text: str, today: date) -> ReadIdentifier:
    """A number, read; what is wrong with it is said beside its field."""
    try:
        return RULES[kind].read(text, today)
    except Invalid as refusal:
        refusal.field = kind
        raise


def _bearer_of(numbers: Mapping[IdentifierKind, str]) -> Person:
    """Whoever bears the numbers now that they were merged."""
    ring = ring_at_hand()
    wanted = Q()
    for kind, value in numbers.items():
        wanted |= Q(kind=kind, lookup__in=ring.lookups(f"{kind}:{value}"))
    return Identifier.objects.filter(wanted).select_related("person").order_by("kind")[:1].get().person
