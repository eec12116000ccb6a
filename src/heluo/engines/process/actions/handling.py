"""What people do with work beside doing it: claim, give back, hand over, say something, withdraw."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from heluo.engines.process.access import Permission, may_do
from heluo.engines.process.actions.moving import performer, require_doable
from heluo.engines.process.actions.steps import (
    add_step,
    drop,
    end,
    locked,
    own_files,
    require_running,
    subject_of,
    tell,
)
from heluo.engines.process.enums import InstanceState, StepKind
from heluo.engines.process.errors import AlreadyDone, NotClaimed, ReasonNeeded
from heluo.engines.process.events import StepHandedOver
from heluo.engines.process.loading import loaded
from heluo.engines.process.models import Instance, Step, WorkItem
from heluo.engines.process.queries import colleagues, may_see
from heluo.kernel.actors.errors import NotFound
from heluo.kernel.actors.public import Actor, allows, require_person
from heluo.kernel.events.public import announce


@transaction.atomic
def claim_item(*, by: Actor, item: WorkItem, now: datetime) -> WorkItem:
    """Take a step upon oneself, so that others of the role leave it alone. Claiming one's own again changes nothing."""
    instance, fresh = _locked(item)
    require_doable(by, fresh)
    if fresh.claimed_by is None:
        _assign(instance, fresh, StepKind.CLAIMED, by=by, to=by.person_id, name=by.name, now=now)
    return fresh


@transaction.atomic
def release_item(*, by: Actor, item: WorkItem, text: str = "", now: datetime) -> WorkItem:
    """Give a claimed step back to its role. An officer above may do so for somebody who left, saying why."""
    instance, fresh = _locked(item)
    oversees = allows(by, Permission.OVERSEE, on=instance)
    if not may_do(by, fresh) and not oversees:
        raise NotFound
    if not fresh.is_open:
        raise AlreadyDone
    if fresh.claimed_by is None:
        raise NotClaimed
    if fresh.claimed_by != by.person_id:
        if not oversees:
            raise NotClaimed
        if not text.strip():
            raise ReasonNeeded(field="text")
    _assign(instance, fresh, StepKind.RELEASED, by=by, to=None, name="", now=now, text=text)
    return fresh


@transaction.atomic
def delegate_item(*, by: Actor, item: WorkItem, to: UUID, text: str, now: datetime) -> WorkItem:
    """Hand a step to a colleague of whom it is asked as well, saying why. Anybody else is as good as not there."""
    instance, fresh = _locked(item)
    require_doable(by, fresh)
    colleague = colleagues(by, fresh, now).filter(uuid=to).first()
    if colleague is None:
        raise NotFound
    if not text.strip():
        raise ReasonNeeded(field="text")
    said = f"→ {colleague.name}；{text.strip()}"
    _assign(instance, fresh, StepKind.DELEGATED, by=by, to=colleague.uuid, name=colleague.name, now=now, text=said)
    tell(instance, [fresh], by=by, now=now)
    announce(StepHandedOver(item=fresh.uuid, to=colleague.uuid), by=by, at=now)
    return fresh


@transaction.atomic
def comment_on_process(*, by: Actor, instance: Instance, text: str, files: Sequence[UUID] = (), now: datetime) -> Step:
    """Say something in the trail, with files of one's own. Whoever sees the process may, while it runs."""
    require_person(by)
    fresh = locked(instance.pk)
    if not Instance.objects.filter(may_see(by), pk=fresh.pk).exists():
        raise NotFound
    require_running(fresh)
    if not text.strip():
        raise ReasonNeeded(field="text")
    step = add_step(fresh, StepKind.COMMENTED, by=by, now=now, text=text.strip(), files=own_files(by, files))
    fresh.save(update_fields=["steps"])
    return step


@transaction.atomic
def withdraw_process(*, by: Actor, instance: Instance, text: str, now: datetime) -> Instance:
    """Take back what one started, saying why. The trail stays; the engine's state goes."""
    fresh = locked(instance.pk)
    if fresh.started_by is None or fresh.started_by != by.person_id:
        raise NotFound
    require_running(fresh)
    if not text.strip():
        raise ReasonNeeded(field="text")
    if taken_back := loaded(fresh.definition_id).settings.withdrawn:
        performer(by, subject_of(fresh), now)(taken_back, fresh.values)
    dropped = drop(fresh, now)
    end(fresh, InstanceState.WITHDRAWN, now)
    add_step(fresh, StepKind.WITHDRAWN, by=by, now=now, text=text.strip())
    fresh.save(update_fields=["state", "ended_at", "tokens", "steps", "is_paused"])
    tell(fresh, dropped, by=by, now=now)
    return fresh


def _locked(item: WorkItem) -> tuple[Instance, WorkItem]:
    instance = locked(item.instance_id)
    return instance, WorkItem.objects.get(pk=item.pk)


def _assign(
    instance: Instance,
    item: WorkItem,
    kind: StepKind,
    *,
    by: Actor,
    to: UUID | None,
    name: str,
    now: datetime,
    text: str = "",
) -> None:
    item.claimed_by, item.claimed_name = to, name
    item.save(update_fields=["claimed_by", "claimed_name"])
    place, said = item.place_id, text.strip()
    add_step(instance, kind, by=by, now=now, element=item.element, name=item.name, text=said, place=place)
    instance.save(update_fields=["steps"])
