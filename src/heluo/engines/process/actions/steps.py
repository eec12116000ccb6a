"""What every action on an instance shares: the lock, the trail, and what follows from where the tokens stand."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from django.db.models import Q

from heluo.engines.process.durations import end_of, whole_days
from heluo.engines.process.enums import InstanceState, ItemState, Reach, StepKind
from heluo.engines.process.errors import NobodyToAsk, NoLongerRunning, NoSuchPool, Paused, TooManyFiles
from heluo.engines.process.events import ProcessMoved
from heluo.engines.process.loading import Loaded
from heluo.engines.process.models import Attachment, Instance, Pool, Step, Timer, WorkItem
from heluo.engines.process.queries import holding, list_of
from heluo.engines.process.running import Standing, Waiting
from heluo.engines.process.vocabulary import Deadline, Holder, Subject
from heluo.kernel.actors.public import Actor
from heluo.kernel.audit.public import Subject as AuditSubject
from heluo.kernel.audit.public import record
from heluo.kernel.clock.public import (
    end_of_day,
    local_day,
    working_day_after,
    working_day_before,
    working_days_since,
)
from heluo.kernel.events.public import announce
from heluo.kernel.files.errors import FileInfected
from heluo.kernel.files.public import ScanState, StoredFile, own_file
from heluo.kernel.organisations.enums import Level
from heluo.kernel.organisations.models import Organisation
from heluo.kernel.pages.listing import uuid_or_none

Pauses = tuple[tuple[datetime, datetime], ...]
MOST_FILES = 20
"""Attachments of one step of the trail."""
FAR = datetime(9999, 1, 1, tzinfo=UTC)
"""Where work without a deadline stands in lists."""


def locked(instance: int) -> Instance:
    """The instance with this key, to be moved by nobody else until the transaction ends."""
    return Instance.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=instance)


def require_running(instance: Instance) -> None:
    if not instance.is_running:
        raise NoLongerRunning(title=instance.title)


def require_going_on(instance: Instance) -> None:
    """Refuse what would move a paused instance."""
    if instance.is_paused:
        raise Paused(title=instance.title)


def subject_of(instance: Instance) -> Subject:
    return Subject(kind=instance.kind, id=instance.subject, title=instance.title)


def add_step(
    instance: Instance,
    kind: StepKind,
    *,
    by: Actor,
    now: datetime,
    element: str = "",
    name: str = "",
    text: str = "",
    answers: Mapping[str, object] | None = None,
    passed: tuple[str, ...] = (),
    place: int | None = None,
    files: Sequence[StoredFile] = (),
) -> Step:
    """One more line of the trail and of the audit log. The caller holds the lock and saves the instance."""
    instance.steps += 1
    record(
        by=by,
        at=now,
        deed=f"process.{kind.value}",
        subject=AuditSubject("process", str(instance.uuid), instance.title, instance.organisation.path),
        details={"step": name or element} if element else None,
    )
    step = Step.objects.create(
        instance=instance,
        position=instance.steps,
        kind=kind,
        element=element,
        name=name,
        text=text,
        answers=dict(answers or {}),
        passed=list(passed),
        by_person=by.person_id,
        by_name=by.name,
        place_id=place,
        at=now,
    )
    if files:
        Attachment.objects.bulk_create(Attachment(step=step, file=file) for file in files)
    return step


def own_files(by: Actor, wanted: Sequence[UUID]) -> list[StoredFile]:
    """Files that an actor brought, in the order they named them; a virus is passed on to nobody.

    Raises `FileMissing` for one that is not theirs, `FileInfected`, `TooManyFiles`.
    """
    if len(wanted) > MOST_FILES:
        raise TooManyFiles(field="files", limit=MOST_FILES)
    files = [own_file(by, uuid) for uuid in dict.fromkeys(wanted)]
    for file in files:
        if file.scan_state == ScanState.INFECTED:
            raise FileInfected(field="files", name=file.name)
    return files


def settle(
    instance: Instance, standing: Standing, running: Loaded, *, by: Actor, now: datetime, done: WorkItem | None = None
) -> None:
    """Write down where the tokens stand: what waits now and no longer, the timers, the end. Saves the instance.

    `done` is the work item that was just done, which its action has written down itself.
    """
    instance.values, instance.trouble = standing.values, ""
    gone = standing.before - {one.task for one in (*standing.work, *standing.timers)} - {done.task if done else None}
    dropped = drop(instance, now, tasks=gone) if gone else []
    elements = running.model.diagram.elements
    asked = WorkItem.objects.bulk_create(
        _item(instance, running, one, now) for one in standing.work if one.task not in standing.before
    )
    Timer.objects.bulk_create(
        Timer(instance=instance, task=one.task, element=one.element, due_at=end_of(elements[one.element].duration, now))
        for one in standing.timers
        if one.task not in standing.before
    )
    if standing.is_finished:
        _finish(instance, standing, running, by=by, now=now)
    else:
        instance.tokens = standing.state
    instance.save(update_fields=["tokens", "values", "trouble", "steps", "state", "ended_at", "ended_with"])
    tell(instance, [*asked, *dropped, *([done] if done else ())], by=by, now=now)


def drop(instance: Instance, now: datetime, *, tasks: Collection[UUID] | None = None) -> list[WorkItem]:
    """What is no longer waited for: these tasks, or all. The work items among them."""
    of_tasks = Q() if tasks is None else Q(task__in=tasks)
    dropped = list(instance.items.filter(of_tasks, state=ItemState.OPEN))
    if dropped:
        instance.items.filter(pk__in=[item.pk for item in dropped]).update(state=ItemState.DROPPED, ended_at=now)
    instance.timers.filter(of_tasks).delete()
    return dropped


def tell(instance: Instance, items: Iterable[WorkItem], *, by: Actor, now: datetime) -> None:
    """Announce that an instance moved, and to whose lists of work it matters."""
    announce(
        ProcessMoved(
            instance=instance.uuid,
            process=instance.key,
            kind=instance.kind,
            subject=instance.subject,
            state=instance.state,
            lists=tuple(sorted({list_of(item) for item in items})),
        ),
        by=by,
        at=now,
    )


def end(instance: Instance, state: InstanceState, now: datetime) -> None:
    """The engine's state goes, the trail stays; what waited is dropped before. The caller saves the instance."""
    instance.state, instance.ended_at, instance.tokens = state, now, None
    if instance.is_paused:
        instance.pauses.filter(resumed_at=None).update(resumed_at=now)
        instance.is_paused = False


def _finish(instance: Instance, standing: Standing, running: Loaded, *, by: Actor, now: datetime) -> None:
    elements = running.model.diagram.elements
    last = next(elements[key] for key in reversed(standing.passed) if elements[key].kind == "endEvent")
    instance.ended_with = last.id
    end(instance, InstanceState.FINISHED, now)
    add_step(instance, StepKind.FINISHED, by=by, now=now, element=last.id, name=last.name)


def _item(instance: Instance, running: Loaded, waiting: Waiting, now: datetime) -> WorkItem:
    drawn = running.model.diagram.elements[waiting.element]
    holder = running.settings.holders[drawn.owner]
    person = _person(instance, holder)
    place, role = _place(instance, holder, now) if holder.role else (None, "")
    pool = _pool(drawn.name, holder.pool) if holder.pool else None
    if person is None and place is None and pool is None:
        raise NobodyToAsk(step=drawn.name, role=holder.title, organisation=instance.organisation.name)
    deadline = running.settings.deadlines.get(drawn.id)
    due_at, warn_at = due(deadline, now) if deadline else (None, None)
    return WorkItem(
        instance=instance,
        task=waiting.task,
        element=drawn.id,
        name=drawn.name,
        person=person,
        apart_from=instance.started_by if holder.apart else None,
        role=role,
        place=place,
        pool=pool,
        opened_at=now,
        due_at=due_at,
        warn_at=warn_at,
        sort_at=due_at or FAR,
    )


def due(deadline: Deadline, since: datetime, pauses: Pauses = ()) -> tuple[datetime, datetime | None]:
    """When a step is due that began at an instant, and when its people are warned.

    What was left of the time when a pause began is left when it ends; what was overdue by then stays overdue.
    """
    if not deadline.working:
        end_at = end_of(deadline.within, since)
        warn = end_of(deadline.warn, since) - since if deadline.warn else None
        for paused_at, resumed_at in pauses:
            end_at += resumed_at - paused_at if since <= paused_at < end_at else timedelta()
        return end_at, end_at - warn if warn else None
    last = working_day_after(local_day(since), whole_days(deadline.within) or 0)
    for paused_at, resumed_at in pauses:
        if since <= paused_at < end_of_day(last):
            last = _moved_on(last, local_day(paused_at), local_day(resumed_at))
    if not deadline.warn:
        return end_of_day(last), None
    return end_of_day(last), end_of_day(working_day_before(last, whole_days(deadline.warn) or 0))


def _moved_on(last: date, paused: date, resumed: date) -> date:
    """The last day of a step after a pause: as many working days on as there were, on its very last day the first."""
    left = working_days_since({paused}, last)[paused]
    return working_day_after(resumed, left) if left else working_day_after(resumed - timedelta(days=1), 1)


def ended_pauses(instance: Instance) -> Pauses:
    """The stretches in which the clock of an instance stood still, in their order."""
    return tuple((one.paused_at, one.resumed_at) for one in instance.pauses.all() if one.resumed_at)


def _person(instance: Instance, holder: Holder) -> UUID | None:
    """The one person a step is asked of, where it is asked of one."""
    if holder.at == Reach.STARTER:
        return instance.started_by
    return uuid_or_none(str(instance.values.get(holder.value or ""))) if holder.at == Reach.NAMED else None


def _pool(step: str, key: str) -> Pool:
    found = Pool.objects.filter(key=key).first()
    if found is None:
        raise NoSuchPool(step=step, pool=key)
    return found


def _place(instance: Instance, holder: Holder, now: datetime) -> tuple[Organisation | None, str]:
    """The organisation a holder stands at, and by which role: where the process began, the nearest of a level up from
    it, or the nearest where somebody holds one of the roles.
    """
    here, reach, role = instance.organisation, holder.at, holder.role or ""
    if reach == Reach.OWN:
        return here, role
    above = Organisation.objects.filter(pk__in=here.path.split(".")[:-1])
    if reach == Reach.NEAREST:
        apart = instance.started_by if holder.apart else None
        held = holding(*holder.roles, on=local_day(now), apart_from=apart).filter(organisation__in=above)
        nearest = held.select_related("organisation").order_by("-organisation__path").first()
        if nearest is None:
            return None, role
        there = set(held.filter(organisation=nearest.organisation).values_list("role", flat=True))
        return nearest.organisation, next(one for one in holder.roles if one in there)
    found = above.filter(code__isnull=False) if reach == Reach.SCHOOL else above.filter(level=Level(reach.value))
    return found.order_by("-path").first(), role
