"""From rows into the register: school by school, each whole or not at all, and once."""

from collections import Counter
from datetime import date, datetime

from django.db import transaction

from heluo.domains.rosters.actions.comparing import actor_of, compare_rows, lists_of, new_class_keys
from heluo.domains.rosters.actions.ordering import subject_of
from heluo.domains.rosters.actions.working import alone, moved
from heluo.domains.rosters.enums import BatchState, PartState
from heluo.domains.rosters.events import RosterImported
from heluo.domains.rosters.models import RosterBatch, RosterPart
from heluo.domains.rosters.queries.batches import stop_percent
from heluo.kernel.actors.errors import NotAllowed
from heluo.kernel.actors.public import Actor
from heluo.kernel.audit.public import record
from heluo.kernel.clock.public import local_day
from heluo.kernel.events.public import announce
from heluo.kernel.organisations.enums import Stage
from heluo.kernel.organisations.public import NewClass, open_classes
from heluo.kernel.people.errors import IdentifierTaken, ListsClash, TooManyEnd
from heluo.kernel.people.public import changes_in, merge_lists, ring_at_hand

TRIES = 3
"""How often a school is tried whose people somebody else registers at the same moment."""


def import_batch(*, batch_id: int, now: datetime) -> None:
    """Import what was confirmed. Safe to repeat: schools that are done stay done, the others follow.

    Where the register has changed since the comparison so that rows clash or more would end than was confirmed, the
    schools not yet done are compared again and wait for a person.
    """
    batch = RosterBatch.objects.select_related("scope", "confirmed_by").get(pk=batch_id)
    with alone(batch) as is_alone:
        if not is_alone or batch.state != BatchState.IMPORTING or batch.confirmed_by is None:
            return
        today = local_day(now)
        by = actor_of(batch.confirmed_by, on=today)
        try:
            for part in batch.parts.select_related("school").filter(state=PartState.WAITING).order_by("pk"):
                _import_part(batch, part, by=by, on=today, now=now)
        except (ListsClash, TooManyEnd, NotAllowed):
            compare_rows(batch, now=now)
            return
        _finish(batch, by=by, now=now)


def _import_part(batch: RosterBatch, part: RosterPart, *, by: Actor, on: date, now: datetime) -> None:
    for left in reversed(range(TRIES)):
        try:
            _merge_part(batch, part, by=by, on=on, now=now)
        except IdentifierTaken:
            if not left:
                raise
        else:
            return


@transaction.atomic
def _merge_part(batch: RosterBatch, part: RosterPart, *, by: Actor, on: date, now: datetime) -> None:
    """One school: new classes, then its people, then the mark that it is done, in one transaction."""
    if keys := new_class_keys(batch, part, on=on):
        new = [NewClass(Stage(stage), int(year), int(number)) for stage, year, number in map(_split, keys)]
        open_classes(by=by, school=part.school, classes=new, now=now)
    merged = merge_lists(
        by=by,
        lists=lists_of(batch, part, ring=ring_at_hand(), on=on),
        most_ended_percent=None if batch.endings_reason else stop_percent(),
        details={"batch": str(batch.uuid), "reason": batch.endings_reason},
        now=now,
    )
    part.counts = {**merged.counts, "classes_opened": len(keys)}
    part.state = PartState.DONE
    part.save(update_fields=["counts", "state"])
    moved(batch, by=by, now=now)


def _split(key: str) -> list[str]:
    return key.split("/")


@transaction.atomic
def _finish(batch: RosterBatch, *, by: Actor, now: datetime) -> None:
    totals: Counter[str] = Counter()
    for counts in batch.parts.values_list("counts", flat=True):
        totals.update(counts)
    batch.counts = dict(totals)
    batch.state, batch.finished_at = BatchState.IMPORTED, now
    batch.save(update_fields=["counts", "state", "finished_at"])
    record(
        by=by,
        at=now,
        deed="rosters.batch_imported",
        subject=subject_of(batch),
        details={"count": changes_in(batch.counts), "schools": batch.parts.count(), "choice": batch.choice},
    )
    announce(RosterImported(batch=batch.uuid, scope=batch.scope.uuid), by=by, at=now)
