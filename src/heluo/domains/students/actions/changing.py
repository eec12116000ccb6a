"""Registering one change, and correcting it."""

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from heluo.domains.students.access import Permission
from heluo.domains.students.actions.applying import Planned, apply_changes, locked, undo_changes
from heluo.domains.students.actions.subjects import subject_of
from heluo.domains.students.enums import BY_THEMSELVES, ChangeKind
from heluo.domains.students.errors import (
    AlreadyCorrected,
    CannotBeCorrected,
    ChangeNotAllowed,
    CorrectionReasonNeeded,
    NotTheNewestChange,
)
from heluo.domains.students.events import RecordsChanged, RecordsGraduated
from heluo.domains.students.models import StudentChange, StudentRecord
from heluo.domains.students.queries.records import newest_effective
from heluo.domains.students.queries.rules import rule_of
from heluo.kernel.actors.public import Actor, require
from heluo.kernel.audit.public import record as audit
from heluo.kernel.events.public import announce
from heluo.kernel.organisations.models import Klass

GRADUATIONS = frozenset({ChangeKind.GRADUATED, ChangeKind.GRADUATED_EARLY})
INSTEAD = {
    ChangeKind.OPENED: _("建错的学籍请办理“取消学籍”。"),
    ChangeKind.TRANSFERRED: _("请另办一次转学。"),
    ChangeKind.MERGED: _("合并涉及两份档案，请联系上级主管部门。"),
    ChangeKind.CORRECTED: _("请重新登记正确的异动。"),
}


@transaction.atomic
def register_change(
    *,
    by: Actor,
    record: StudentRecord,
    kind: ChangeKind,
    on: date,
    reason: str = "",
    document: str = "",
    note: str = "",
    klass: Klass | None = None,
    now: datetime,
) -> StudentChange:
    """Register a change that the stage of the pupil allows, from a day on that is not after today."""
    require(by, Permission.KEEP, on=record)
    [fresh] = locked([record])
    require(by, Permission.KEEP, on=fresh)
    if kind in BY_THEMSELVES:
        raise ChangeNotAllowed(field="kind", stage=fresh.get_stage_display(), change=kind.label, why="")
    rule = rule_of(fresh.stage, kind)
    plan = Planned(record=fresh, rule=rule, klass=klass, reason=reason, document=document, note=note)
    [change] = apply_changes(by=by, planned=[plan], on=on, now=now)
    audit(
        by=by,
        at=now,
        deed="students.change_registered",
        subject=subject_of(fresh),
        details={"change": kind, "state": change.to_state, "on": on.isoformat(), "document": change.document},
    )
    announce(RecordsChanged(record_ids=(fresh.uuid,), kind=kind), by=by, at=now)
    if kind in GRADUATIONS:
        announce(RecordsGraduated(record_ids=(fresh.uuid,)), by=by, at=now)
    return change


@transaction.atomic
def correct_change(*, by: Actor, change: StudentChange, reason: str, now: datetime) -> StudentChange:
    """Undo the newest change of a record by a new fact that names it; nothing is erased."""
    require(by, Permission.KEEP, on=change.record)
    reason = reason.strip()
    if not reason:
        raise CorrectionReasonNeeded(field="reason")
    kind = ChangeKind(change.kind)
    if kind in BY_THEMSELVES:
        raise CannotBeCorrected(change=kind.label, instead=INSTEAD[kind])
    [fresh] = locked([change.record])
    require(by, Permission.KEEP, on=fresh)
    if StudentChange.objects.filter(reverses=change).exists():
        raise AlreadyCorrected
    newest = newest_effective([fresh.pk])[fresh.pk]
    if newest.pk != change.pk:
        raise NotTheNewestChange
    newest.record = fresh
    [correction] = undo_changes(by=by, changes=[newest], note=reason, now=now)
    audit(
        by=by,
        at=now,
        deed="students.change_corrected",
        subject=subject_of(fresh),
        details={"change": kind, "state": fresh.state, "reason": reason},
    )
    announce(RecordsChanged(record_ids=(fresh.uuid,), kind=ChangeKind.CORRECTED), by=by, at=now)
    return correction
