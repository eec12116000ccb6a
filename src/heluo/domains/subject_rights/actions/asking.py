"""What a person, or their guardian, asks."""

from collections.abc import Collection
from datetime import datetime
from typing import IO

from django.db import transaction

from heluo.domains.subject_rights.actions.steps import add_step, current, subject_of, words
from heluo.domains.subject_rights.enums import RequestKind, RequestState, StepKind
from heluo.domains.subject_rights.errors import (
    AlreadyAsked,
    AlreadyDecided,
    CannotObject,
    FactNotCorrectable,
    GuardianAsks,
    KeptByRule,
    NobodyToAsk,
    NothingAbove,
    NothingChosen,
    SameValue,
)
from heluo.domains.subject_rights.models import Request
from heluo.domains.subject_rights.queries.requests import registered_fact, requests_of
from heluo.domains.subject_rights.queries.subjects import subject_for
from heluo.kernel.actors.errors import NotFound, refused_as
from heluo.kernel.actors.public import Actor, Grant
from heluo.kernel.audit.public import record
from heluo.kernel.clock.public import local_day, working_day_after
from heluo.kernel.codes.public import figure
from heluo.kernel.files.access import Permission as FilePermission
from heluo.kernel.files.public import FileKind, StoredFile, store_file
from heluo.kernel.holdings.public import holding_named
from heluo.kernel.organisations.models import Organisation
from heluo.kernel.people.models import Person
from heluo.kernel.people.public import home_of, me

REPLY_DAYS = "rights-reply-working-days"
CONSENT_AGE = "consent-age"
EVIDENCE = (FileKind.IMAGE, FileKind.PDF)


@transaction.atomic
def ask_correction(
    *,
    by: Actor,
    person: Person,
    holding: str,
    fact: str,
    wanted: str,
    reason: str,
    evidence: tuple[str, IO[bytes]] | None = None,
    now: datetime,
) -> Request:
    """Ask whoever registered a fact to correct it. Nobody changes it here: the source does, where it keeps it."""
    today = local_day(now)
    _require_asker(by, person, now)
    found = registered_fact(person, holding, fact, on=today)
    if found is None or not found.key or found.source.organisation is None:
        raise FactNotCorrectable
    wanted = wanted.strip()
    if wanted in {"", found.value}:
        raise SameValue(field="wanted")
    text = words(reason, field="reason")
    source = Organisation.objects.get(uuid=found.source.organisation)
    with refused_as(AlreadyAsked, constraint="one_open_correction_of_a_fact"):
        request = Request.objects.create(
            kind=RequestKind.CORRECTION,
            person=person,
            asked_by=me(by),
            source=source,
            place=source,
            due_on=working_day_after(today, figure(REPLY_DAYS, on=today)),
            asked_at=now,
            holding=holding,
            fact=fact,
            label=found.label,
            value=found.value,
            wanted=wanted,
            attachment=_stored(by, evidence, now),
        )
    add_step(request, StepKind.ASKED, seen=0, by=by, text=text, now=now)
    record(by=by, at=now, deed="subject_rights.correction_asked", subject=subject_of(request))
    return request


@transaction.atomic
def ask_erasure(*, by: Actor, person: Person, chosen: Collection[str], reason: str, now: datetime) -> Request:
    """Ask the organisation that answers for a person to have optional information erased. Schooling never is."""
    today = local_day(now)
    _require_asker(by, person, now)
    if not chosen:
        raise NothingChosen(field="chosen")
    require_erasable(person, chosen, now)
    text = words(reason, field="reason")
    source = home_of(person.uuid, on=today)
    if source is None:
        raise NobodyToAsk
    with refused_as(AlreadyAsked, constraint="one_open_erasure_of_a_person"):
        request = Request.objects.create(
            kind=RequestKind.ERASURE,
            person=person,
            asked_by=me(by),
            source=source,
            place=source,
            due_on=working_day_after(today, figure(REPLY_DAYS, on=today)),
            asked_at=now,
            chosen=sorted(chosen),
        )
    add_step(request, StepKind.ASKED, seen=0, by=by, text=text, now=now)
    record(by=by, at=now, deed="subject_rights.erasure_asked", subject=subject_of(request))
    return request


def require_erasable(person: Person, chosen: Collection[str], now: datetime) -> None:
    """Refuse where one of the holdings has to stay, saying why."""
    for key in sorted(chosen):
        found = holding_named(key)
        if found is None:
            raise NotFound
        if why := found.kept_because(person.uuid, on=local_day(now)):
            raise KeptByRule(field="chosen", title=found.title, why=why)


def _require_asker(by: Actor, person: Person, now: datetime) -> None:
    """The person, old enough, or a guardian of a minor; to others there is no such person."""
    today = local_day(now)
    subject_for(by, person.uuid, on=today)
    age, least = person.age_on(today), figure(CONSENT_AGE, on=today)
    if by.person_id == person.uuid and age is not None and age < least:
        raise GuardianAsks(age=least)


def _stored(by: Actor, evidence: tuple[str, IO[bytes]] | None, now: datetime) -> StoredFile | None:
    """What was sent along. Whoever may ask may prove it, though they bring no files elsewhere."""
    if evidence is None:
        return None
    name, content = evidence
    grants = by.grants | {Grant(permission=str(FilePermission.UPLOAD), path="")}
    bringer = Actor(kind=by.kind, name=by.name, person_id=by.person_id, posts=by.posts, grants=grants)
    return store_file(by=bringer, name=name, content=content, wanted=EVIDENCE, now=now)


def _own(by: Actor, request: Request, now: datetime) -> None:
    if not requests_of(by, on=local_day(now)).filter(pk=request.pk).exists():
        raise NotFound


@transaction.atomic
def withdraw_request(*, by: Actor, request: Request, seen: int, now: datetime) -> Request:
    """Take back what was asked, before it is decided."""
    _own(by, request, now)
    fresh = current(request, seen=seen)
    if not fresh.is_open:
        raise AlreadyDecided
    fresh.state, fresh.settled_at = RequestState.WITHDRAWN, now
    add_step(fresh, StepKind.WITHDRAWN, seen=seen, by=by, text="", now=now)
    fresh.save(update_fields=["state", "settled_at"])
    record(by=by, at=now, deed="subject_rights.request_withdrawn", subject=subject_of(fresh))
    return fresh


@transaction.atomic
def object_to_refusal(*, by: Actor, request: Request, text: str, seen: int, now: datetime) -> Request:
    """Have the bureau above look at a refusal, once."""
    _own(by, request, now)
    fresh = current(request, seen=seen)
    if fresh.state != RequestState.REFUSED or fresh.objected_at is not None:
        raise CannotObject
    text = words(text)
    above = fresh.place.parent
    if above is None:
        raise NothingAbove(place=fresh.place.name)
    today = local_day(now)
    fresh.state, fresh.settled_at, fresh.objected_at, fresh.place = RequestState.OPEN, None, now, above
    fresh.due_on = working_day_after(today, figure(REPLY_DAYS, on=today))
    add_step(fresh, StepKind.OBJECTED, seen=seen, by=by, text=text, now=now)
    constraint = (
        "one_open_correction_of_a_fact" if fresh.kind == RequestKind.CORRECTION else "one_open_erasure_of_a_person"
    )
    with refused_as(AlreadyAsked, constraint=constraint):
        fresh.save(update_fields=["state", "settled_at", "objected_at", "place", "due_on"])
    record(by=by, at=now, deed="subject_rights.refusal_objected", subject=subject_of(fresh))
    return fresh
