"""What the source of the information, or the bureau above it, decides."""

from datetime import datetime

from django.db import transaction

from heluo.domains.subject_rights.access import Permission
from heluo.domains.subject_rights.actions.asking import REPLY_DAYS, require_erasable
from heluo.domains.subject_rights.actions.steps import add_step, current, subject_of, words
from heluo.domains.subject_rights.enums import RequestKind, RequestState, StepKind
from heluo.domains.subject_rights.errors import (
    AlreadyDecided,
    DecidedBefore,
    NothingAbove,
    NotYetCorrected,
    NotYourRequest,
    OwnRequest,
)
from heluo.domains.subject_rights.models import Request, Step
from heluo.domains.subject_rights.queries.requests import registered_fact
from heluo.kernel.actors.public import Actor, allows, platform_actor
from heluo.kernel.audit.public import record
from heluo.kernel.clock.public import local_day, working_day_after
from heluo.kernel.codes.public import figure
from heluo.kernel.holdings.public import Permission as Erasing
from heluo.kernel.holdings.public import holding_named

ERASER = platform_actor("subject_rights", {Erasing.ERASE})


def _decidable(by: Actor, request: Request, seen: int) -> Request:
    """The open request, if this clerk may decide it: at its place, not their own, not decided by them before."""
    fresh = current(request, seen=seen)
    if not allows(by, Permission.DECIDE, on=fresh):
        raise NotYourRequest(place=fresh.place.name)
    if not fresh.is_open:
        raise AlreadyDecided
    if by.person_id in {fresh.person.uuid, fresh.asked_by.uuid}:
        raise OwnRequest
    decisions = (StepKind.GRANTED, StepKind.REFUSED)
    if Step.objects.filter(request=fresh, kind__in=decisions, by_person=by.person_id).exists():
        raise DecidedBefore
    return fresh


@transaction.atomic
def grant_request(*, by: Actor, request: Request, text: str, seen: int, now: datetime) -> Request:
    """Say that a fact was corrected at its source, or erase what was asked. Nothing is corrected from here.

    An erasure happens in this transaction, set-based, holding by holding; the log keeps who, when and that.
    """
    fresh = _decidable(by, request, seen)
    if fresh.kind == RequestKind.CORRECTION:
        _require_corrected(fresh, now)
    else:
        require_erasable(fresh.person, fresh.chosen, now)
    fresh.state, fresh.settled_at = RequestState.GRANTED, now
    add_step(fresh, StepKind.GRANTED, seen=seen, by=by, text=text.strip(), now=now, place=fresh.place)
    fresh.save(update_fields=["state", "settled_at"])
    if fresh.kind == RequestKind.ERASURE:
        for key in fresh.chosen:
            found = holding_named(key)
            assert found is not None  # noqa: S101  # `require_erasable` found it
            assert found.erase is not None  # noqa: S101  # likewise
            found.erase(by=ERASER, person=fresh.person.uuid, now=now)
        record(by=by, at=now, deed="subject_rights.erased", subject=subject_of(fresh))
    else:
        record(by=by, at=now, deed="subject_rights.correction_granted", subject=subject_of(fresh))
    return fresh


def _require_corrected(request: Request, now: datetime) -> None:
    """The fact must differ from what it was, unless it is masked and may have changed unseen, or is gone."""
    found = registered_fact(request.person, request.holding, request.fact, on=local_day(now))
    if found is not None and not found.is_masked and found.value == request.value:
        raise NotYetCorrected(value=found.value)


@transaction.atomic
def refuse_request(*, by: Actor, request: Request, text: str, seen: int, now: datetime) -> Request:
    """Leave things as they are, and say why."""
    fresh = _decidable(by, request, seen)
    text = words(text)
    fresh.state, fresh.settled_at = RequestState.REFUSED, now
    add_step(fresh, StepKind.REFUSED, seen=seen, by=by, text=text, now=now, place=fresh.place)
    fresh.save(update_fields=["state", "settled_at"])
    record(by=by, at=now, deed="subject_rights.request_refused", subject=subject_of(fresh))
    return fresh


@transaction.atomic
def pass_up(*, by: Actor, request: Request, text: str, seen: int, now: datetime) -> Request:
    """Hand a request one cannot decide to the bureau above, with a new due day."""
    fresh = _decidable(by, request, seen)
    text = words(text)
    above = fresh.place.parent
    if above is None:
        raise NothingAbove(place=fresh.place.name)
    today = local_day(now)
    add_step(fresh, StepKind.PASSED_UP, seen=seen, by=by, text=text, now=now, place=fresh.place)
    fresh.place, fresh.due_on = above, working_day_after(today, figure(REPLY_DAYS, on=today))
    fresh.save(update_fields=["place", "due_on"])
    record(by=by, at=now, deed="subject_rights.request_passed_up", subject=subject_of(fresh))
    return fresh
