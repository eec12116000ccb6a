"""Changing deadlines and holders of a process without its diagram: proposed by one person, approved by another."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from heluo.engines.process.access import Permission
from heluo.engines.process.enums import ChangeState
from heluo.engines.process.errors import (
    ChangeDecided,
    ChangeOutdated,
    ChangeUnderWay,
    NothingChanges,
    NotPublishable,
    OwnChange,
    ReasonNeeded,
)
from heluo.engines.process.loading import findings_in, loaded, package_of, publish_definition
from heluo.engines.process.models import Definition, SettingsChange
from heluo.kernel.actors.errors import NotFound, refused_as
from heluo.kernel.actors.public import WHOLE_TREE, Actor, require, require_person
from heluo.kernel.audit.public import Subject, record


@transaction.atomic
def propose_change(
    *,
    by: Actor,
    definition: Definition,
    deadlines: Mapping[str, Mapping[str, Any] | None],
    holders: Mapping[str, Mapping[str, Any]],
    reason: str,
    now: datetime,
) -> SettingsChange:
    """Propose other deadlines (null: none) and holders (`at`, `role`); what says what is there already is left out.

    What could not run is refused at once, with the first finding.
    """
    require(by, Permission.CHANGE)
    if not reason.strip():
        raise ReasonNeeded(field="reason")
    if not Definition.objects.filter(pk=definition.pk, is_current=True).exists():
        raise ChangeOutdated
    stands = loaded(definition.pk).settings
    wanted = stands.changed(deadlines, holders)
    changed_deadlines = {
        key: one.model_dump() if (one := wanted.deadlines.get(key)) else None
        for key in deadlines
        if wanted.deadlines.get(key) != stands.deadlines.get(key)
    }
    changed_holders = {
        key: {"at": one.at.value, "role": one.role.value if one.role else None}
        for key, one in wanted.holders.items()
        if one != stands.holders[key]
    }
    if not changed_deadlines and not changed_holders:
        raise NothingChanges
    if found := findings_in(package_of(definition, wanted)):
        raise NotPublishable(process=definition.title, count=len(found), first=found[0])
    with refused_as(ChangeUnderWay, constraint="one_open_change_of_a_process", title=definition.title):
        change = SettingsChange.objects.create(
            key=definition.key,
            base=definition,
            deadlines=changed_deadlines,
            holders=changed_holders,
            reason=reason.strip(),
            proposed_by=require_person(by),
            proposed_name=by.name,
            proposed_at=now,
        )
    _record("process.change_proposed", change, by=by, now=now, reason=change.reason)
    return change


@transaction.atomic
def approve_change(*, by: Actor, change: SettingsChange, text: str = "", now: datetime) -> Definition:
    """Make a proposal of somebody else the version of new instances; those that run end on theirs."""
    fresh = _to_decide(by, change)
    base = Definition.objects.select_for_update().get(pk=fresh.base_id)
    if not base.is_current:
        raise ChangeOutdated
    settings = loaded(base.pk).settings.changed(fresh.deadlines, fresh.holders)
    fresh.result = publish_definition(package_of(base, settings), now=now)
    _decide(fresh, ChangeState.APPROVED, by=by, text=text, now=now)
    return fresh.result


@transaction.atomic
def refuse_change(*, by: Actor, change: SettingsChange, text: str, now: datetime) -> SettingsChange:
    """Leave a process as it is, and say to whoever proposed otherwise why."""
    fresh = _to_decide(by, change)
    if not text.strip():
        raise ReasonNeeded(field="text")
    _decide(fresh, ChangeState.REFUSED, by=by, text=text, now=now)
    return fresh


@transaction.atomic
def withdraw_change(*, by: Actor, change: SettingsChange, now: datetime) -> SettingsChange:
    """Take one's own proposal back while it is open."""
    require(by, Permission.CHANGE)
    fresh = _locked(change)
    if fresh.proposed_by != by.person_id:
        raise NotFound
    if fresh.state != ChangeState.OPEN:
        raise ChangeDecided
    _decide(fresh, ChangeState.WITHDRAWN, by=by, text="", now=now)
    return fresh


def _to_decide(by: Actor, change: SettingsChange) -> SettingsChange:
    require(by, Permission.CHANGE)
    fresh = _locked(change)
    if fresh.state != ChangeState.OPEN:
        raise ChangeDecided
    if fresh.proposed_by == require_person(by):
        raise OwnChange
    return fresh


def _locked(change: SettingsChange) -> SettingsChange:
    return SettingsChange.objects.select_for_update(of=("self",)).select_related("base").get(pk=change.pk)


def _decide(change: SettingsChange, state: ChangeState, *, by: Actor, text: str, now: datetime) -> None:
    change.state, change.answer = state, text.strip()
    change.decided_by, change.decided_name, change.decided_at = by.person_id, by.name, now
    change.save(update_fields=["state", "answer", "decided_by", "decided_name", "decided_at", "result"])
    _record(DEEDS[state], change, by=by, now=now, reason=change.answer)


DEEDS = {
    ChangeState.APPROVED: "process.change_approved",
    ChangeState.REFUSED: "process.change_refused",
    ChangeState.WITHDRAWN: "process.change_withdrawn",
}


def _record(deed: str, change: SettingsChange, *, by: Actor, now: datetime, reason: str) -> None:
    subject = Subject("process_definition", change.key, change.base.title, WHOLE_TREE)
    version = change.result.version if change.result else change.base.version
    record(by=by, at=now, deed=deed, subject=subject, details={"reason": reason, "version": version})
