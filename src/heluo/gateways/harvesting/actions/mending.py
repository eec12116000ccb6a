"""What officers do about words that nobody understands, and records that could not be taken."""

import zlib
from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from heluo.engines.catalogue.enums import Licence
from heluo.gateways.harvesting.access import Permission
from heluo.gateways.harvesting.actions.sources import READ_AGAIN_TASK, subject_of
from heluo.gateways.harvesting.actions.taking import Taken, count_terms, take
from heluo.gateways.harvesting.errors import DismissReasonMissing, NoSuchValue
from heluo.gateways.harvesting.models import Arrival, Held, Source, Term
from heluo.gateways.harvesting.protocol import record_in
from heluo.gateways.harvesting.queries import arrivals_saying, held_saying, mappable
from heluo.gateways.harvesting.shapes import value_of
from heluo.kernel.actors.public import Actor, require
from heluo.kernel.audit.public import record
from heluo.kernel.jobs.public import defer

AT_ONCE = 200


@transaction.atomic
def map_term(*, by: Actor, term: Term, facet: str, code: str, now: datetime) -> None:
    """Say what a word of a source means here; records that say it are read again. Refusals: NoSuchValue."""
    source = Source.objects.select_related("organisation").get(pk=term.source_id)
    require(by, Permission.KEEP, on=source)
    if not _is_meaning(facet, code):
        raise NoSuchValue(field="meaning")
    if (term.facet, term.code) == (facet, code):
        return
    before = {"facet": term.facet, "code": term.code}
    term.facet, term.code, term.by_itself = facet, code, False
    term.save(update_fields=["facet", "code", "by_itself"])
    defer(READ_AGAIN_TASK, source_id=source.pk, value=value_of(term.field, term.value), after=0)
    details = {"word": term.value, "before": before, "after": {"facet": facet, "code": code}}
    record(by=by, at=now, deed="harvesting.term_mapped", subject=subject_of(source), details=details)


def _is_meaning(facet: str, code: str) -> bool:
    if facet in {"", Term.NOTHING}:
        return not code
    if facet == Term.LICENCE:
        return code in Licence.values
    return any(one.key == facet and code in one.titles([code]) for one in mappable())


@transaction.atomic
def read_again(*, source: Source, value: str, after: int, now: datetime) -> int | None:
    """Read some kept records anew that say a word (all, if none is given), and at first those held back that do.
    Where to go on; None at the end.
    """
    if after == 0:
        take_held(source, list(held_saying(source, value).order_by("pk")[:AT_ONCE]), now=now)
    arrivals = arrivals_saying(source, value, after=after, most=AT_ONCE)
    _take_kept(source, arrivals, now=now)
    return arrivals[-1].pk if len(arrivals) == AT_ONCE else None


@transaction.atomic
def retry_held(*, by: Actor, source: Source, held: Sequence[Held], now: datetime) -> Taken:
    """Try again to take records that were held back."""
    require(by, Permission.KEEP, on=source)
    return take_held(source, [one for one in held if one.is_whole], now=now)


@transaction.atomic
def dismiss_held(*, by: Actor, source: Source, held: Held, reason: str, now: datetime) -> None:
    """Have no more of a record as it is; changed by its source, it comes again. Refusals: DismissReasonMissing."""
    require(by, Permission.KEEP, on=source)
    if not (reason := reason.strip()):
        raise DismissReasonMissing(field="reason")
    held = Held.objects.select_for_update().get(pk=held.pk)
    if held.dismissed_at is not None:
        return
    count_terms(source, dict.fromkeys(held.values, -1))
    held.dismissed_at, held.reason = now, reason[:200]
    held.save(update_fields=["dismissed_at", "reason"])
    details = {"identifier": held.key, "fault": held.fault, "reason": held.reason}
    record(by=by, at=now, deed="harvesting.record_dismissed", subject=subject_of(source), details=details)


def take_held(source: Source, held: Sequence[Held], *, now: datetime) -> Taken:
    return take(source, [record_in(zlib.decompress(one.raw)) for one in held if one.is_whole], now=now, anew=True)


def _take_kept(source: Source, arrivals: Sequence[Arrival], *, now: datetime) -> Taken:
    return take(source, [record_in(zlib.decompress(one.raw)) for one in arrivals], now=now, anew=True)
