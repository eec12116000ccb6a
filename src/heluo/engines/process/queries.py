"""Reads of work items and processes, as far as an actor may see them."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import reduce
from uuid import UUID

from django.db.models import Count, Exists, Min, OuterRef, Q, QuerySet

from heluo.engines.process.access import Permission, is_asked_of, pools_of, ways_asked
from heluo.engines.process.enums import REPAIRS, InstanceState, ItemState, StepKind, TroubleKind
from heluo.engines.process.loading import loaded
from heluo.engines.process.models import (
    Definition,
    Instance,
    Pause,
    Pool,
    PoolMember,
    PoolPlace,
    SettingsChange,
    Step,
    Timer,
    WorkItem,
)
from heluo.engines.process.vocabulary import called
from heluo.kernel.actors.errors import NotFound
from heluo.kernel.actors.public import Actor, require_person, within
from heluo.kernel.clock.public import end_of_day, local_day
from heluo.kernel.organisations.models import Organisation
from heluo.kernel.people.models import Person, Post, in_period

LIST = "work"
"""Kind of the live topics of lists of work: `work:<place>:<role>`, `work:pool:<pool>`; work of one person is among
their own affairs."""
BY_DUE = ("sort_at", "id")
"""The order of lists of work: what is due first, first."""
NEWEST = ("-id",)
"""The order of lists of processes."""
LATELY = timedelta(days=30)
"""How far back the work of a pool is counted."""
TOO_LATE = timedelta(days=30)
"""How long after its deadline an open step is trouble."""


def may_see(actor: Actor) -> Q:
    """Instances an actor may see."""
    seen = within(actor, Permission.OVERSEE)
    if actor.person_id is None:
        return seen
    here = OuterRef("pk")
    asked = WorkItem.objects.filter(is_asked_of(actor), instance=here, state=ItemState.OPEN)
    worked = Step.objects.filter(instance=here, by_person=actor.person_id).exclude(kind__in=REPAIRS)
    return seen | Q(started_by=actor.person_id) | Q(Exists(asked)) | Q(Exists(worked))


def list_of(item: WorkItem) -> str:
    """The live topic of the list a work item stands in."""
    if item.pool_id:
        return f"{LIST}:pool:{item.pool_id}"
    return f"person:{item.person}" if item.person else f"{LIST}:{item.place_id}:{item.role}"


def lists_of(actor: Actor) -> list[str]:
    """The live topics of everything that is asked of an actor."""
    posts = sorted({f"{LIST}:{post.organisation_id}:{post.role}" for post in actor.posts})
    pools = [f"{LIST}:pool:{pool}" for pool in pools_of(actor).order_by("pk").values_list("pk", flat=True)]
    return [f"person:{actor.person_id}", *posts, *pools]


def my_work(actor: Actor, *, process: str = "") -> list[QuerySet[WorkItem]]:
    """The open work items an actor may do, theirs and what nobody has claimed: a queryset for each way they are asked.

    Read as one list by `keyset_page`, each along its own index. `process`: of one process only, by its key.
    """
    free = Q(claimed_by=actor.person_id) | Q(claimed_by=None)
    if process:
        free &= Q(instance__key=process)
    opened = WorkItem.objects.filter(free, state=ItemState.OPEN).select_related("instance", "place", "pool")
    return [opened.filter(way) for way in ways_asked(actor)]


def work_of(instance: Instance) -> QuerySet[WorkItem]:
    """The open work items of an instance, for code that knows whom they are asked of; narrowed to nobody."""
    return instance.items.filter(state=ItemState.OPEN)


def work_item_for(actor: Actor, uuid: UUID) -> WorkItem:
    """A work item that is or was asked of an actor, or of somebody in their tree. Raises `NotFound` for every other."""
    overseen = within(actor, Permission.OVERSEE, "instance__organisation__path")
    found = (
        WorkItem.objects.filter(is_asked_of(actor) | overseen, uuid=uuid)
        .select_related("instance__organisation", "place", "pool")
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


def last_answers(item: WorkItem) -> dict[str, object]:
    """What was answered when this step was done before in its process, by whomever. The caller may read its trail."""
    done = Step.objects.filter(instance=item.instance_id, element=item.element, kind=StepKind.DONE)
    return done.order_by("-position").values_list("answers", flat=True).first() or {}


def done_on(actor: Actor, day: date) -> int:
    """How many steps an actor did on a local day."""
    begins, ends = end_of_day(day - timedelta(days=1)), end_of_day(day)
    return Step.objects.filter(by_person=require_person(actor), at__gt=begins, at__lte=ends, kind=StepKind.DONE).count()


def work_items_for(actor: Actor, uuids: Collection[UUID]) -> list[WorkItem]:
    """Those of these work items that are asked of an actor and still open, what is due first on top."""
    return list(
        WorkItem.objects.filter(is_asked_of(actor), uuid__in=uuids, state=ItemState.OPEN)
        .select_related("instance", "place", "pool")
        .order_by(*BY_DUE)
    )


def process_at_hand(actor: Actor, uuid: UUID) -> tuple[Instance, bool]:
    """A process an actor may see, or only repair, and whether they may read what was said in it."""
    repaired = within(actor, Permission.REPAIR)
    whole = Instance.objects.select_related("organisation", "definition")
    if found := whole.filter(may_see(actor), uuid=uuid).first():
        return found, True
    if found := whole.filter(repaired, uuid=uuid).first():
        return found, False
    raise NotFound


def process_for(actor: Actor, uuid: UUID) -> Instance:
    """A process an actor may see. Raises `NotFound` for every other."""
    found = Instance.objects.filter(may_see(actor), uuid=uuid).select_related("organisation", "definition").first()
    if found is None:
        raise NotFound
    return found


def processes_about(actor: Actor, kind: str, subject: UUID) -> QuerySet[Instance]:
    """The processes about a thing that an actor may see, the newest first."""
    return Instance.objects.filter(may_see(actor), kind=kind, subject=subject).order_by("-id")


def trail_of(instance: Instance, *, in_full: bool = True) -> list[Step]:
    """What happened, in order. The caller holds the instance by `process_for` or `process_at_hand`.

    Not in full: without what was filled in, said and attached, save what was said in repairs.
    """
    steps = list(instance.trail.select_related("place").prefetch_related("attachments__file__blob"))
    if not in_full:
        for step in steps:
            step.files = []
            step.answers = {}
            step.text = step.text if step.kind in REPAIRS else ""
    return steps


def due_timers(now: datetime, most: int) -> list[int]:
    """The keys of timers that are due, the longest overdue first; those of paused processes are not."""
    return list(
        Timer.objects.filter(due_at__lte=now, is_held=False)
        .order_by("due_at", "id")
        .values_list("pk", flat=True)[:most]
    )


def ending_pauses(now: datetime, most: int) -> list[int]:
    """The keys of paused processes that were to go on by now."""
    ending = Pause.objects.filter(resumed_at=None, until__lte=now).order_by("until", "id")
    return list(ending.values_list("instance_id", flat=True)[:most])


def open_pause(instance: Instance) -> Pause | None:
    """The pause in which a process is."""
    return instance.pauses.filter(resumed_at=None).first() if instance.is_paused else None


def colleagues(actor: Actor, item: WorkItem, now: datetime) -> QuerySet[Person]:
    """Of whom else a step is asked today, for somebody of whom it is asked: never the one it is kept apart from."""
    apart = [person for person in (actor.person_id, item.apart_from) if person]
    if item.pool_id:
        others = people_in_pools([item.pool_id], local_day(now))[item.pool_id].keys() - set(apart)
        return Person.objects.filter(uuid__in=others).order_by("name_sort", "id")
    held = holding(item.role, on=local_day(now)).filter(organisation=item.place_id)
    return Person.objects.filter(pk__in=held.values("person")).exclude(uuid__in=apart).order_by("name_sort", "id")


# -- who is told ------------------------------------------------------------------------------------------------------


def asked_of(items: Collection[WorkItem], day: date) -> dict[int, set[UUID]]:
    """Of whom each open step is asked on a day, by its key: who claimed it, else everybody it is asked of.

    Four queries at most, however many steps.
    """
    pools = {item.pool_id for item in items if item.claimed_by is None and item.pool_id}
    pooled = people_in_pools(pools, day)
    free = {item.pk: item for item in items if item.claimed_by is None and item.place_id}
    posts = _posts_of_any({(item.place_id, item.role) for item in free.values() if item.place_id})
    held: defaultdict[tuple[int | None, str], set[UUID]] = defaultdict(set)
    for place, role, person in posts.filter(in_period(day)).values_list("organisation", "role", "person__uuid"):
        held[place, role].add(person)
    asked: dict[int, set[UUID]] = {}
    for item in items:
        one = item.claimed_by or item.person
        several = pooled[item.pool_id] if item.pool_id in pooled else held[item.place_id, item.role]
        asked[item.pk] = {one} if one else {who for who in several if who != item.apart_from}
    return asked


def people_in_pools(pools: Collection[int], day: date) -> dict[int, dict[UUID, str]]:
    """Who is in each of some pools on a day, by uuid with their names; three queries, none for no pools."""
    found: dict[int, dict[UUID, str]] = {pool: {} for pool in pools}
    if not found:
        return found
    listed = PoolMember.objects.filter(pool__in=found).values_list("pool", "person__uuid", "person__name")
    for pool, person, name in listed:
        found[pool][person] = name
    places: defaultdict[tuple[int, str], list[int]] = defaultdict(list)
    for pool, place, role in PoolPlace.objects.filter(pool__in=found).values_list("pool", "organisation", "pool__role"):
        places[place, role].append(pool)
    posts = _posts_of_any(places.keys()).filter(in_period(day))
    for place, role, person, name in posts.values_list("organisation", "role", "person__uuid", "person__name"):
        for pool in places.get((place, role), ()):
            found[pool][person] = name
    return found


def pools_at_hand(actor: Actor) -> QuerySet[Pool]:
    """The pools an actor is in, and those of their tree that they keep."""
    mine = pools_of(actor).values("pk") if actor.person_id else ()
    seen = Pool.objects.filter(within(actor, Permission.POOLS) | Q(pk__in=mine))
    return seen.select_related("organisation").order_by("title", "id")


def pool_for(actor: Actor, key: str) -> Pool:
    """A pool an actor is in or keeps. Raises `NotFound` for every other."""
    found = pools_at_hand(actor).filter(key=key).first()
    if found is None:
        raise NotFound
    return found


@dataclass(frozen=True, slots=True)
class Share:
    """How much of the work of a pool one of its people has in hand, and did lately."""

    person: UUID
    name: str
    claimed: int
    done: int
    is_in: bool
    """Whether they are in the pool today: who left may still have something claimed."""


def shares_of(pool: Pool, now: datetime) -> tuple[list[Share], int]:
    """Who has how much, the least first, and how much nobody has claimed. Does not grow with the work."""
    people = people_in_pools([pool.pk], local_day(now))[pool.pk]
    opened = WorkItem.objects.filter(pool=pool, state=ItemState.OPEN)
    claimed = {who: count for who, count in _counted(opened) if who}
    done = dict(_counted(WorkItem.objects.filter(pool=pool, state=ItemState.DONE, ended_at__gt=now - LATELY)))
    left = {who: name for who, name in opened.values_list("claimed_by", "claimed_name").distinct() if who}
    shares = [
        Share(who, name, claimed.get(who, 0), done.get(who, 0), who in people)
        for who, name in ({**left, **people}).items()
    ]
    return sorted(shares, key=lambda one: (one.claimed, one.done, one.name)), opened.filter(claimed_by=None).count()


def _counted(items: QuerySet[WorkItem]) -> list[tuple[UUID | None, int]]:
    return list(items.order_by().values_list("claimed_by").annotate(Count("pk")))


# -- trouble ----------------------------------------------------------------------------------------------------------


def holding(*roles: str | OuterRef, on: date, apart_from: UUID | None = None) -> QuerySet[Post]:
    """Posts of those who hold one of some roles on a day, save one person."""
    held = Post.objects.filter(in_period(on), role__in=roles)
    return held.exclude(person__uuid=apart_from) if apart_from else held


def other_places(instance: Instance, items: Collection[WorkItem], now: datetime) -> list[tuple[WorkItem, Organisation]]:
    """Where else steps of a process could be done: where it began or above, wherever somebody holds the role today.

    The nearest first. Two queries, however many steps.
    """
    way = list(Organisation.objects.filter(pk__in=instance.organisation.path.split(".")[:-1]).order_by("-path"))
    posts = _posts_of_any({(place.pk, item.role) for place in way for item in items}).filter(in_period(local_day(now)))
    held: defaultdict[tuple[int, str], set[UUID]] = defaultdict(set)
    for place, role, person in posts.values_list("organisation", "role", "person__uuid"):
        held[place, role].add(person)
    return [
        (item, place)
        for item in items
        for place in way
        if item.place_id not in {None, place.pk} and held[place.pk, item.role] - {item.apart_from}
    ]


def may_retry(instance: Instance) -> bool:
    """Whether a timer of a process has failed and waits to be tried again."""
    return instance.timers.filter(failing_since__isnull=False).exists()


def troubled(actor: Actor, now: datetime) -> list[QuerySet[Instance]]:
    """The running processes of an actor's tree that stand still: a queryset for each reason, without common rows.

    Those whose timers fail, each along its own index; then those with a step whose role nobody holds; then the late.
    """
    running = Instance.objects.filter(within(actor, Permission.TROUBLE), state=InstanceState.RUNNING)
    opened = WorkItem.objects.filter(state=ItemState.OPEN)
    deserted = Q(pk__in=opened.filter(_deserted(actor, local_day(now))).values("instance"))
    late = Q(pk__in=opened.filter(sort_at__lte=now - TOO_LATE).values("instance"))
    seen, quiet = running.select_related("organisation", "definition"), Q(trouble="")
    return [seen.filter(~quiet), seen.filter(quiet, deserted), seen.filter(quiet, late).exclude(deserted)]


def _deserted(actor: Actor, day: date) -> Q:
    """Work of a role at a place where nobody can do it on a day: nobody holds the role, or only who is kept apart.

    Places and roles are few where work items are many, and the posts of a place are found by the place alone.
    """
    here = within(actor, Permission.TROUBLE, "instance__organisation__path")
    opened_pools = set(
        WorkItem.objects.filter(here, state=ItemState.OPEN, pool__isnull=False).values_list("pool", flat=True)
    )
    opened = WorkItem.objects.filter(here, state=ItemState.OPEN, place__isnull=False)
    asked = set(opened.values_list("place", "role").distinct())
    posts = _posts_of_any(asked).filter(in_period(day)).values_list("organisation", "role")
    held = {(place, role): people for place, role, people in posts.annotate(Count("person", distinct=True))}
    apart = holding(OuterRef("role"), on=day).filter(organisation=OuterRef("place"))
    by_one = Q(Exists(apart.filter(person__uuid=OuterRef("apart_from"))))
    roles = _any_of(asked - held.keys()) | _any_of({key for key, people in held.items() if people == 1}) & by_one
    return roles | _deserted_pools(opened_pools, day)


def _deserted_pools(pools: Collection[int], day: date) -> Q:
    """Work of pools that nobody is in, or only who is kept apart."""
    empty = Q(pk__in=())
    for pool, people in people_in_pools(pools, day).items():
        if len(people) <= 1:
            empty |= Q(pool=pool, apart_from__in=people) if people else Q(pool=pool)
    return empty


def _any_of(asked: Collection[tuple[int, str]]) -> Q:
    """Work of any of these roles at these places."""
    places: defaultdict[str, list[int]] = defaultdict(list)
    for place, role in sorted(asked):
        places[role].append(place)
    return reduce(Q.__or__, (Q(role=role, place__in=those) for role, those in places.items()), Q(pk__in=()))


def _posts_of_any(asked: Collection[tuple[int, str]]) -> QuerySet[Post]:
    """Posts of any of these roles at any of these places, of whatever day."""
    places, roles = {place for place, _role in asked}, {role for _place, role in asked}
    return Post.objects.filter(organisation__in=places, role__in=roles).order_by()


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why a process stands still, since when, and at which of its steps."""

    kind: TroubleKind
    since: datetime | None
    item: WorkItem | None = None


def troubles_of(instances: Collection[Instance], now: datetime) -> dict[int, list[Trouble]]:
    """What is wrong with running processes, by their key; a handful of queries, however many."""
    found: dict[int, list[Trouble]] = {instance.pk: [] for instance in instances}
    timers = Timer.objects.filter(instance__in=found).values_list("instance").annotate(since=Min("failing_since"))
    failing = dict(timers)
    for instance in instances:
        if instance.trouble:
            found[instance.pk].append(Trouble(TroubleKind.FAILING, failing.get(instance.pk)))
    opened = WorkItem.objects.filter(instance__in=found, state=ItemState.OPEN).select_related("place", "pool")
    items = list(opened.order_by("sort_at", "id"))
    day, asked = local_day(now), {(item.place_id, item.role) for item in items if item.place_id}
    pooled = people_in_pools({item.pool_id for item in items if item.pool_id}, day)
    held: defaultdict[tuple[int | None, str], list[Post]] = defaultdict(list)
    for post in _posts_of_any(asked).select_related("person"):
        held[post.organisation_id, post.role].append(post)
    for item in items:
        others = [post for post in held[item.place_id, item.role] if post.person.uuid != item.apart_from]
        if item.place_id and not any(post.holds_on(day) for post in others):
            left = [end_of_day(post.ends_on) for post in others if post.ends_on and post.ends_on < day]
            found[item.instance_id].append(Trouble(TroubleKind.DESERTED, max([item.opened_at, *left]), item))
        if item.pool_id and not pooled[item.pool_id].keys() - {item.apart_from}:
            found[item.instance_id].append(Trouble(TroubleKind.DESERTED, item.opened_at, item))
        if item.due_at and item.due_at <= now - TOO_LATE:
            found[item.instance_id].append(Trouble(TroubleKind.LATE, item.due_at, item))
    return found


def current_definitions() -> QuerySet[Definition]:
    """The version of every process that new instances are of."""
    return Definition.objects.filter(is_current=True).order_by("key")


def current_definition(key: str) -> Definition:
    """The current version of a process. Raises `NotFound`."""
    found = current_definitions().filter(key=key).first()
    if found is None:
        raise NotFound
    return found


def versions_of(key: str) -> QuerySet[Definition]:
    """The versions of a process, the newest first."""
    return Definition.objects.filter(key=key).order_by("-version")


def changes_of(key: str) -> QuerySet[SettingsChange]:
    """What was proposed for a process, the newest first. The caller may change it."""
    return SettingsChange.objects.filter(key=key).select_related("base", "result").order_by("-id")


def change_with(uuid: UUID) -> SettingsChange:
    """One proposal. Raises `NotFound`."""
    found = SettingsChange.objects.filter(uuid=uuid).select_related("base", "result").first()
    if found is None:
        raise NotFound
    return found
