"""Reads of work items and processes, as far as an actor may see them."""

from collections.abc import Collection
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from heluo.engines.process.access import Permission, is_asked_of, ways_asked
from heluo.engines.process.enums import InstanceState, ItemState, StepKind
from heluo.engines.process.loading import loaded
from heluo.engines.process.models import Definition, Instance, Step, Timer, WorkItem
from heluo.engines.process.vocabulary import called
from heluo.kernel.actors.errors import NotFound
from heluo.kernel.actors.public import Actor, require_person, within
from heluo.kernel.clock.public import end_of_day

LIST = "work"
"""Kind of the live topics of lists of work: `work:<place>:<role>`; work of one person is among their own affairs."""
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


def list_of(item: WorkItem) -> str:
    """The live topic of the list a work item stands in."""
    return f"person:{item.person}" if item.person else f"{LIST}:{item.place_id}:{item.role}"


def lists_of(actor: Actor) -> list[str]:
    """The live topics of everything that is asked of an actor."""
    posts = sorted({f"{LIST}:{post.organisation_id}:{post.role}" for post in actor.posts})
    return [f"person:{actor.person_id}", *posts]


def my_work(actor: Actor, *, process: str = "") -> list[QuerySet[WorkItem]]:
    """The open work items an actor may do, theirs and what nobody has claimed: a queryset for each way they are asked.

    Read as one list by `keyset_page`, each along its own index. `process`: of one process only, by its key.
    """
    free = Q(claimed_by=actor.person_id) | Q(claimed_by=None)
    if process:
        free &= Q(instance__key=process)
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


def own_step(actor: Actor, process: str, subject: UUID) -> WorkItem | None:
    """What a running process about a thing asks of this very person."""
    if actor.person_id is None:
        return None
    running = Q(instance__key=process, instance__subject=subject, instance__state=InstanceState.RUNNING)
    return WorkItem.objects.filter(running, state=ItemState.OPEN, person=actor.person_id).first()


def titles_of(process: str, element: str, field: str) -> dict[str, str]:
    """Value → title of what can be chosen in a field, over all versions of a process, in the reader's language."""
    titles: dict[str, str] = {}
    for key in Definition.objects.filter(key=process).order_by("version").values_list("pk", flat=True):
        form = loaded(key).settings.forms.get(element)
        titles |= form.titles_of(field) if form else {}
    return {value: called(title) for value, title in titles.items()}


def titles_of_processes() -> dict[str, str]:
    """Key → title of every process there is, in the reader's language; public knowledge."""
    return {key: called(title) for key, title in Definition.objects.filter(is_current=True).values_list("key", "title")}


def done_on(actor: Actor, day: date) -> int:
    """How many steps an actor did on a local day."""
    begins, ends = end_of_day(day - timedelta(days=1)), end_of_day(day)
    return Step.objects.filter(by_person=require_person(actor), at__gt=begins, at__lte=ends, kind=StepKind.DONE).count()


def work_items_for(actor: Actor, uuids: Collection[UUID]) -> list[WorkItem]:
    """Those of these work items that are asked of an actor and still open, what is due first on top."""
    return list(
        WorkItem.objects.filter(is_asked_of(actor), uuid__in=uuids, state=ItemState.OPEN)
        .select_related("instance", "place")
        .order_by(*BY_DUE)
    )


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
