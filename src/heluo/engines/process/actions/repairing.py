"""What is done about a process that stands still: another place, another try, an end. History stays as it is."""

from copy import copy
from datetime import datetime
from uuid import UUID

from django.db import transaction

from heluo.engines.process.access import Permission
from heluo.engines.process.actions.moving import fire_or_put_off
from heluo.engines.process.actions.steps import add_step, drop, end, locked, require_going_on, require_running, tell
from heluo.engines.process.enums import InstanceState, StepKind
from heluo.engines.process.errors import AlreadyDone, NobodyThere, NothingFails, ReasonNeeded
from heluo.engines.process.models import Instance, WorkItem
from heluo.engines.process.queries import other_places
from heluo.kernel.actors.errors import NotFound
from heluo.kernel.actors.public import Actor, allows


@transaction.atomic
def reassign_item(*, by: Actor, item: WorkItem, place: UUID, text: str, now: datetime) -> WorkItem:
    """Ask a step of its role at another organisation on the way up, where somebody holds it. Its deadline stays."""
    instance = _to_repair(by, item.instance_id, text)
    fresh = WorkItem.objects.select_related("place").get(pk=item.pk, instance=instance)
    if not fresh.is_open:
        raise AlreadyDone
    offered = (one for _item, one in other_places(instance, [fresh], now) if one.uuid == place)
    chosen = next(offered, None)
    if chosen is None:
        raise NobodyThere(field="target")
    before = copy(fresh)
    fresh.place, fresh.claimed_by, fresh.claimed_name = chosen, None, ""
    fresh.save(update_fields=["place", "claimed_by", "claimed_name"])
    said = f"{before.place} → {chosen}；{text.strip()}"
    add_step(instance, StepKind.REASSIGNED, by=by, now=now, element=fresh.element, name=fresh.name, text=said)
    instance.save(update_fields=["steps"])
    tell(instance, [before, fresh], by=by, now=now)
    return fresh


@transaction.atomic
def retry_timers(*, by: Actor, instance: Instance, text: str, now: datetime) -> Instance:
    """Let the timers that failed fire now. What fails again is put off again, and `trouble` says why."""
    fresh = _to_repair(by, instance.pk, text)
    require_going_on(fresh)
    failing = list(fresh.timers.filter(failing_since__isnull=False).order_by("due_at", "id"))
    if not failing:
        raise NothingFails(title=fresh.title)
    add_step(fresh, StepKind.RETRIED, by=by, now=now, text=text.strip())
    fresh.save(update_fields=["steps"])
    fresh.timers.filter(pk__in=[timer.pk for timer in failing]).update(due_at=now)
    for timer in failing:
        fire_or_put_off(timer=timer.pk, now=now)
    return locked(fresh.pk)


@transaction.atomic
def end_process(*, by: Actor, instance: Instance, text: str, now: datetime) -> Instance:
    """End what can go on no more. The app's own action of taking back is not run: it asks the rights of the starter."""
    fresh = _to_repair(by, instance.pk, text)
    dropped = drop(fresh, now)
    end(fresh, InstanceState.WITHDRAWN, now)
    fresh.trouble = ""
    add_step(fresh, StepKind.ENDED, by=by, now=now, text=text.strip())
    fresh.save(update_fields=["state", "ended_at", "tokens", "trouble", "steps", "is_paused"])
    tell(fresh, dropped, by=by, now=now)
    return fresh


def _to_repair(by: Actor, instance: int, text: str) -> Instance:
    """The instance, locked, if the actor may repair it; it runs, and there is a reason."""
    found = locked(instance)
    if not allows(by, Permission.REPAIR, on=found):
        raise NotFound
    require_running(found)
    if not text.strip():
        raise ReasonNeeded(field="text")
    return found
