"""Deadlines in working days, counted anew when the calendar changes."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time

from django.db import transaction

from heluo.engines.process.actions.moving import CLOCK
from heluo.engines.process.actions.steps import Pauses, due, ended_pauses
from heluo.engines.process.durations import last_moment
from heluo.engines.process.enums import ItemState, StepKind
from heluo.engines.process.loading import loaded
from heluo.engines.process.models import Instance, Step, WorkItem
from heluo.engines.process.vocabulary import Deadline
from heluo.kernel.actors.public import WHOLE_TREE
from heluo.kernel.audit.public import Difference, Subject, record_batch
from heluo.kernel.clock.public import SHANGHAI, local_day

AT_ONCE = 500
"""Instances that are locked and written at once."""
Term = tuple[datetime, datetime | None]
Terms = dict[tuple[int, str, date, Pauses], Term]
"""By version, step, first day, and the pauses in between."""


@dataclass(frozen=True, slots=True)
class Moved:
    """An open step whose deadline is another one now."""

    item: WorkItem
    due_at: datetime
    warn_at: datetime | None


def recount_deadlines(*, since: date, now: datetime) -> int:
    """Count anew what open steps have in working days and what is due on a day or later; gives how many changed.

    The days before cannot have changed. What is paused is counted when it goes on. Each changed step has a line in the
    trail of its process, and each portion one row in the audit log. Timers of diagrams count calendar time and stay.
    Safe to run twice.
    """
    terms: Terms = {}
    found: dict[int, list[int]] = defaultdict(list)
    for item in _open_since(since):
        if _moved(item, terms) is not None:
            found[item.instance_id].append(item.pk)
    instances = sorted(found)
    return sum(
        _recount(instances[start : start + AT_ONCE], terms, now=now) for start in range(0, len(instances), AT_ONCE)
    )


@transaction.atomic
def _recount(keys: list[int], terms: Terms, *, now: datetime) -> int:
    """Some instances: locked in the order of their keys, read again, and written together."""
    locked = Instance.objects.select_for_update(of=("self",)).filter(pk__in=keys).order_by("pk")
    instances = {one.pk: one for one in locked.select_related("organisation").prefetch_related("pauses")}
    items = WorkItem.objects.filter(instance__in=keys, state=ItemState.OPEN, due_at__isnull=False).order_by("pk")
    moved = [one for one in (_moved(item, terms) for item in _with(items, instances)) if one is not None]
    if not moved:
        return 0
    steps, differences = [], []
    for one in moved:
        instance = instances[one.item.instance_id]
        instance.steps += 1
        steps.append(_step(one, instance.steps, now))
        differences.append(
            Difference(str(instance.uuid), {"due_at": one.item.due_at}, {"due_at": one.due_at, "step": one.item.name})
        )
        one.item.due_at = one.item.sort_at = one.due_at
        one.item.warn_at = one.warn_at
    WorkItem.objects.bulk_update([one.item for one in moved], ["due_at", "sort_at", "warn_at"])
    Step.objects.bulk_create(steps)
    Instance.objects.bulk_update(
        {one.item.instance_id: instances[one.item.instance_id] for one in moved}.values(), ["steps"]
    )
    record_batch(
        by=CLOCK,
        at=now,
        deed="process.recounted",
        subject=Subject("processes", now.isoformat(), "", WHOLE_TREE),
        differences=differences,
        details={"count": len(moved)},
    )
    return len(moved)


def _open_since(since: date) -> Iterator[WorkItem]:
    begins = datetime.combine(since, time(), SHANGHAI)
    found = WorkItem.objects.filter(state=ItemState.OPEN, due_at__gt=begins).select_related("instance")
    found = found.prefetch_related("instance__pauses")
    fields = ("element", "name", "opened_at", "due_at", "warn_at", "instance__definition")
    return found.only(*fields, "instance_id").iterator(chunk_size=2000)


def _with(items: Iterable[WorkItem], instances: dict[int, Instance]) -> Iterator[WorkItem]:
    for item in items:
        item.instance = instances[item.instance_id]
        yield item


def _moved(item: WorkItem, terms: Terms) -> Moved | None:
    """What the deadline of an open step is by the calendar as it stands, if it is another one."""
    deadline = _deadline(item)
    if deadline is None or not deadline.working:
        return None
    day, pauses = local_day(item.opened_at), ended_pauses(item.instance)
    key = (item.instance.definition_id, item.element, day, pauses)
    if key not in terms:
        terms[key] = due(deadline, item.opened_at, pauses)
    due_at, warn_at = terms[key]
    return None if (due_at, warn_at) == (item.due_at, item.warn_at) else Moved(item, due_at, warn_at)


def _deadline(item: WorkItem) -> Deadline | None:
    return loaded(item.instance.definition_id).settings.deadlines.get(item.element)


def _step(moved: Moved, position: int, now: datetime) -> Step:
    before, after = (local_day(last_moment(at)) for at in (moved.item.due_at or moved.due_at, moved.due_at))
    return Step(
        instance=moved.item.instance,
        position=position,
        kind=StepKind.RECOUNTED,
        element=moved.item.element,
        name=moved.item.name,
        text=f"{before.isoformat()} → {after.isoformat()}",
        by_name=CLOCK.name,
        at=now,
    )
