"""Facts about one person, put right by whoever keeps them."""

from datetime import date, datetime

from django.db import transaction

from heluo.kernel.actors.errors import NotAllowed
from heluo.kernel.actors.public import Actor, require
from heluo.kernel.audit.public import record
from heluo.kernel.clock.public import local_day
from heluo.kernel.events.public import announce
from heluo.kernel.people.access import Permission, Place, require_at_any
from heluo.kernel.people.actions.identifiers import bound_to_person
from heluo.kernel.people.actions.registration import found_by
from heluo.kernel.people.actions.subjects import subject_of
from heluo.kernel.people.crypto import open_ring
from heluo.kernel.people.enums import NAME_LENGTH, IdentifierKind
from heluo.kernel.people.errors import (
    BirthdayMismatch,
    BornInTheFuture,
    CorrectionReasonMissing,
    NothingCorrected,
    PersonNameMissing,
)
from heluo.kernel.people.events import PersonCorrected
from heluo.kernel.people.identifier_rules import RULES
from heluo.kernel.people.models import Person, Post, in_period
from heluo.kernel.people.queries import paths_of

SHORTEST_REASON = 4
DATED = (IdentifierKind.RESIDENT_ID, IdentifierKind.STUDENT_NUMBER)
"""Numbers that tell a birthday."""


@transaction.atomic
def correct_person(
    *, by: Actor, person: Person, name: str, sex: str, born_on: date | None, reason: str, now: datetime
) -> Person:
    """Put name, sex and birthday right, with a reason.

    Who belongs to several organisations is corrected by somebody above all of them; nobody corrects themselves.
    """
    today = local_day(now)
    require_at_any(by, Permission.MANAGE, paths_of(person))
    if person.uuid == by.person_id:
        raise NotAllowed
    for path in Post.objects.filter(in_period(today), person=person).values_list("organisation__path", flat=True):
        require(by, Permission.MANAGE, on=Place(path))
    fresh = Person.objects.select_for_update(no_key=True).get(pk=person.pk)
    after = {"name": name.strip(), "sex": sex, "born_on": born_on}
    before = {field: getattr(fresh, field) for field in after}
    changed = {field for field in after if after[field] != before[field]}
    if not after["name"] or len(name.strip()) > NAME_LENGTH:
        raise PersonNameMissing(field="name", longest=NAME_LENGTH)
    if born_on is not None and born_on > today:
        raise BornInTheFuture(field="born_on")
    if not changed:
        raise NothingCorrected
    if len(reason.strip()) < SHORTEST_REASON:
        raise CorrectionReasonMissing(field="reason", shortest=SHORTEST_REASON)
    if "born_on" in changed and born_on is not None:
        _refuse_contradiction(fresh, born_on, today)
    fresh.name, fresh.sex, fresh.born_on = name.strip(), sex, born_on
    keys = found_by(fresh.name)
    for column, key in keys.items():
        setattr(fresh, column, key)
    fresh.save(update_fields=["name", *keys, "sex", "born_on"])
    record(
        by=by,
        at=now,
        deed="people.person_corrected",
        subject=subject_of(fresh),
        details={
            "reason": reason.strip(),
            "before": {field: before[field] for field in sorted(changed)},
            "after": {field: after[field] for field in sorted(changed)},
        },
    )
    announce(PersonCorrected(person_id=fresh.uuid), by=by, at=now)
    return fresh


def _refuse_contradiction(person: Person, born_on: date, today: date) -> None:
    """Refuse a birthday that one of the numbers on record denies: the number must be put right first."""
    for identifier in person.identifiers.filter(kind__in=DATED):
        kind = IdentifierKind(identifier.kind)
        value = open_ring().unseal(
            bytes(identifier.ciphertext), key_id=identifier.key_id, bound_to=bound_to_person(person.uuid, kind)
        )
        told = RULES[kind].read(value, today).born_on
        if told is not None and told != born_on:
            raise BirthdayMismatch(field="born_on", kind=kind.label)
