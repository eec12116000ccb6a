"""Reads of work items and processes, as far as an actor may see them."""

from datetime import datetime
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from heluo.engines.process.access import Permission, is_asked_of, ways_asked
from heluo.engines.process.enums import ItemState
from heluo.engines.process.models import Instance, Step, Timer, WorkItem
from heluo.kernel.actors.errors import NotFound
from heluo.kernel.actors.public import Actor, within

BY_DUE = ("sort_at", "id")
"""The order of lists of work: what is due first, first."""


def may_see(actor: Actor) -> Q:
    """Instances an actor may see."""
    seen = within(actor, Permission.OVERSEE)
    if actor.person_id is None:
        return seen
    here = OuterRef("pk")
    asked = WorkItem.objects.filter(is_asked_of(actor), instance=here, state=ItemState.OPEN)
    worked = Step.objects.filter(instance=here, by_person=actor.person_id)
    return seen | Q(started_by=actor.person_id) | Q(Exists(asked)) | Q(Exists(worked))


def my_work(actor: Actor) -> list[QuerySet[WorkItem]]:
    """The open work items an actor may do, theirs and what nobody has claimed: a queryset for each way they are asked.

    Read as one list by `keyset_page`, each along its own index.
    """
    free = Q(claimed_by=actor.person_id) | Q(claimed_by=None)
    opened = WorkItem.objects.filter(free, state=ItemState.OPEN).select_related("instance", "place")
    return [opened.filter(way) for way in ways_asked(actor)]


def work_of(instance: Instance) -> QuerySet[WorkItem]:
    """The open work items of an instance, for code that knows whom they are asked of; narrowed to nobody."""
    return instance.items.filter(state=ItemState.OPEN)


def work_item_for(actor: Actor, uuid: UUID) -> WorkItem:
    """A work item that is or was asked of an actor, or of somebody in their tree. Raises `NotFound` for every other."""
    overseen = within(actor, Permission.OVERSEE, "instance__organisation__path")
    found = (
        WorkItem.objects.filter(is_asked_of(actor) | overseen, uuid=uuid)
        .select_related("instance__organisation", "place")
        .first()
    )
    if found is None:
        raise NotFound
    return found


def process_for(actor: Actor, uuid: UUID) -> Instance:
    """A process an actor may see. Raises `NotFound` for every other."""
    found = Instance.objects.filter(may_see(actor), uuid=uuid).select_related("organisation", "definition").first()
    if found is None:
        raise NotFound
    return found


def processes_about(actor: Actor, kind: str, subject: UUID) -> QuerySet[Instance]:
    """The processes about a thing that an actor may see, the newest first."""
    return Instance.objects.filter(may_see(actor), kind=kind, subject=subject).order_by("-id")


def trail_of(instance: Instance) -> QuerySet[Step]:
    """What happened, in order. The caller holds the instance by `process_for`."""
    return instance.trail.select_related("place")


def due_timers(now: datetime, most: int) -> list[int]:
    """The keys of timers that are due, the longest overdue first."""
    return list(Timer.objects.filter(due_at__lte=now).order_by("due_at", "id").values_list("pk", flat=True)[:most])
