"""Stopping the clock of a process and letting it go on: meanwhile nothing is done, fires or becomes overdue."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F

from heluo.engines.process.access import Permission
from heluo.engines.process.actions.moving import CLOCK
from heluo.engines.process.actions.steps import (
    FAR,
    add_step,
    due,
    ended_pauses,
    locked,
    require_going_on,
    require_running,
    tell,
)
from heluo.engines.process.enums import ItemState, StepKind
from heluo.engines.process.errors import NotPaused, Paused, PauseEndsTooSoon, PauseTooLong, ReasonNeeded
from heluo.engines.process.loading import loaded
from heluo.engines.process.models import Instance, Pause, WorkItem
from heluo.kernel.actors.errors import NotFound, refused_as
from heluo.kernel.actors.public import Actor, allows
from heluo.kernel.clock.public import local_day

LONGEST_PAUSE = timedelta(days=366)


@transaction.atomic
def pause_process(
    *, by: Actor, instance: Instance, text: str, until: datetime | None = None, now: datetime
) -> Instance:
    """Stop the clock of a process, saying why; with `until`, it goes on by itself at that instant.

    The deadlines of its steps are taken away, to be counted anew when it goes on; its timers are held.
    """
    fresh = _to_pause(by, instance, text)
    require_going_on(fresh)
    if until is not None and until <= now:
        raise PauseEndsTooSoon(field="until")
    if until is not None and until > now + LONGEST_PAUSE:
        raise PauseTooLong(field="until", days=LONGEST_PAUSE.days)
    with refused_as(Paused, constraint="one_open_pause_of_a_process", title=fresh.title):
        Pause.objects.create(instance=fresh, paused_at=now, until=until)
    fresh.is_paused = True
    opened = fresh.items.filter(state=ItemState.OPEN)
    opened.update(due_at=None, warn_at=None, sort_at=FAR)
    fresh.timers.update(is_held=True)
    add_step(fresh, StepKind.PAUSED, by=by, now=now, text=_until(text.strip(), until))
    fresh.save(update_fields=["is_paused", "steps"])
    tell(fresh, opened, by=by, now=now)
    return fresh


@transaction.atomic
def resume_process(*, by: Actor, instance: Instance, text: str, now: datetime) -> Instance:
    """Let the clock of a paused process go on, saying why."""
    fresh = _to_pause(by, instance, text)
    if not fresh.is_paused:
        raise NotPaused(title=fresh.title)
    _resume(fresh, by=by, text=text.strip(), now=now)
    return fresh


@transaction.atomic
def end_pause(*, instance: int, now: datetime) -> bool:
    """Let a process go on whose pause was to end by now; safe to run twice, by two workers at once."""
    fresh = locked(instance)
    if not fresh.pauses.filter(resumed_at=None, until__lte=now).exists():
        return False
    _resume(fresh, by=CLOCK, text="", now=now)
    return True


def _resume(instance: Instance, *, by: Actor, text: str, now: datetime) -> None:
    """Deadlines go on with what was left of them by the calendar, timers with what was left by the clock."""
    [pause] = instance.pauses.filter(resumed_at=None)
    pause.resumed_at = now
    pause.save(update_fields=["resumed_at"])
    instance.is_paused = False
    deadlines, pauses = loaded(instance.definition_id).settings.deadlines, ended_pauses(instance)
    opened = list(instance.items.filter(state=ItemState.OPEN))
    for item in opened:
        if deadline := deadlines.get(item.element):
            item.due_at, item.warn_at = due(deadline, item.opened_at, pauses)
            item.sort_at = item.due_at
    WorkItem.objects.bulk_update(opened, ["due_at", "warn_at", "sort_at"])
    instance.timers.update(is_held=False, due_at=F("due_at") + (now - pause.paused_at))
    add_step(instance, StepKind.RESUMED, by=by, now=now, text=text)
    instance.save(update_fields=["is_paused", "steps"])
    tell(instance, opened, by=by, now=now)


def _to_pause(by: Actor, instance: Instance, text: str) -> Instance:
    """The instance, locked, if the actor may stop its clock; it runs, and there is a reason."""
    found = locked(instance.pk)
    if not allows(by, Permission.PAUSE, on=found):
        raise NotFound
    require_running(found)
    if not text.strip():
        raise ReasonNeeded(field="text")
    return found


def _until(text: str, until: datetime | None) -> str:
    return f"→ {local_day(until).isoformat()}；{text}" if until else text
