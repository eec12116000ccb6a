"""Transfers: asked for by the receiving school, decided step by step, carried out with the last yes."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from heluo.domains.students.access import Permission
from heluo.domains.students.actions.applying import Planned, apply_changes, locked
from heluo.domains.students.enums import TRANSFER_DAYS, ChangeKind, Party, State, TransferState
from heluo.domains.students.errors import (
    CannotTransferNow,
    ChangeNotAllowed,
    ClassOfAnotherSchool,
    NotYourStep,
    RecordEnded,
    RefusalNeedsComment,
    SameSchool,
    StageNotTaughtHere,
    StepAlreadyDecided,
    TransferReasonNeeded,
    TransferSettled,
    TransferUnderWay,
)
from heluo.domains.students.events import RecordsChanged, TransferDecided
from heluo.domains.students.models import StudentRecord, TransferCase, TransferStep
from heluo.domains.students.queries.bureaus import bureau_above
from heluo.domains.students.queries.records import stages_of
from heluo.domains.students.queries.rules import rule_of
from heluo.domains.students.queries.transfers import current_step, may_decide, steps_of
from heluo.kernel.actors.errors import refused_as
from heluo.kernel.actors.public import Actor, require
from heluo.kernel.audit.public import Subject
from heluo.kernel.audit.public import record as audit
from heluo.kernel.clock.public import local_day, working_day_after
from heluo.kernel.codes.public import figure, mint_identifier, reserve_ids
from heluo.kernel.events.public import announce
from heluo.kernel.organisations.models import Klass, Organisation

CASES = "students_transfercase"
DISCIPLINE = _("处分")


def subject_of_transfer(case: TransferCase) -> Subject:
    return Subject("student_transfer", str(case.uuid), case.record.person.name, case.to_school.path)


@transaction.atomic
def request_transfer(
    *, by: Actor, record: StudentRecord, to_school: Organisation, klass: Klass | None, reason: str, now: datetime
) -> TransferCase:
    """Ask for a pupil of another school. The asking school has thereby agreed; the others decide in turn."""
    require(by, Permission.KEEP, on=to_school)
    [fresh] = locked([record])
    _check(fresh, to_school, klass)
    if not reason.strip():
        raise TransferReasonNeeded(field="reason")
    today = local_day(now)
    [key] = reserve_ids(CASES, 1)
    with refused_as(TransferUnderWay, constraint="one_open_transfer_per_record"):
        case = TransferCase.objects.create(
            pk=key,
            uuid=mint_identifier("student-transfer", str(key)),
            record=fresh,
            from_school=fresh.school,
            to_school=to_school,
            to_klass=klass,
            reason=reason.strip(),
            by_person=by.person_id,
            by_name=by.name,
            opened_at=now,
        )
    to_bureau, from_bureau = bureau_above(to_school), bureau_above(fresh.school)
    parties = [
        (Party.TO_SCHOOL, to_school),
        (Party.TO_BUREAU, to_bureau),
        (Party.FROM_SCHOOL, fresh.school),
        *([(Party.FROM_BUREAU, from_bureau)] if from_bureau != to_bureau else []),
    ]
    steps = [
        TransferStep(case=case, position=position, party=party, place=place)
        for position, (party, place) in enumerate(parties)
    ]
    steps[0].is_approved, steps[0].decided_at = True, now
    steps[0].by_person, steps[0].by_name = by.person_id, by.name
    steps[1].due_on = working_day_after(today, figure(TRANSFER_DAYS, on=today))
    TransferStep.objects.bulk_create(steps)
    audit(
        by=by,
        at=now,
        deed="students.transfer_requested",
        subject=subject_of_transfer(case),
        details={"reason": case.reason, "before": fresh.school.name, "after": to_school.name},
    )
    announce(TransferDecided(case_id=case.uuid, state=case.state), by=by, at=now)
    return case


def _check(record: StudentRecord, to_school: Organisation, klass: Klass | None) -> None:
    """What must hold when a transfer is asked for, and still when it is carried out."""
    if record.ended_on is not None:
        raise RecordEnded(day=record.ended_on.isoformat())
    if record.school_id == to_school.pk:
        raise SameSchool(field="to_school")
    rule = rule_of(record.stage, ChangeKind.TRANSFERRED)
    if not rule.is_allowed:
        change = ChangeKind.TRANSFERRED.label
        raise ChangeNotAllowed(stage=record.get_stage_display(), change=change, why=rule.why)
    if record.state not in rule.from_states:
        raise CannotTransferNow(why=State(record.state).label)
    if record.is_disciplined:
        raise CannotTransferNow(why=DISCIPLINE)
    if record.stage not in stages_of(to_school):
        raise StageNotTaughtHere(field="to_school", school=to_school.name, stage=record.get_stage_display())
    if klass is not None and (klass.school_id, klass.stage, klass.entry_year) != (
        to_school.pk,
        record.stage,
        record.entry_year,
    ):
        raise ClassOfAnotherSchool(field="klass")


def _locked_case(case: TransferCase) -> TransferCase:
    fresh = (
        TransferCase.objects.select_for_update(of=("self",))
        .select_related("record__person", "record__school", "from_school", "to_school", "to_klass")
        .get(pk=case.pk)
    )
    if fresh.state != TransferState.OPEN:
        raise TransferSettled
    return fresh


@transaction.atomic
def decide_transfer(
    *, by: Actor, case: TransferCase, step: TransferStep, approve: bool, comment: str, now: datetime
) -> TransferCase:
    """Decide the current step; the last yes carries the transfer out, a no ends it.

    `step` is the one the actor saw: a decision on an old page does not fall on the next step.
    """
    fresh = _locked_case(case)
    steps = steps_of(fresh)
    current = current_step(steps)
    assert current is not None  # noqa: S101  # an open case has one
    if current.pk != step.pk:
        raise StepAlreadyDecided
    if not may_decide(by, current):
        raise NotYourStep(place=current.place.name)
    comment = comment.strip()
    if not approve and not comment:
        raise RefusalNeedsComment(field="comment")
    today = local_day(now)
    current.is_approved, current.comment, current.decided_at = approve, comment, now
    current.by_person, current.by_name = by.person_id, by.name
    current.save(update_fields=["is_approved", "comment", "decided_at", "by_person", "by_name"])
    following = current_step(steps)
    if not approve:
        fresh.state, fresh.settled_at = TransferState.REFUSED, now
    elif following is None:
        _carry_out(by, fresh, now)
    else:
        following.due_on = working_day_after(today, figure(TRANSFER_DAYS, on=today))
        following.save(update_fields=["due_on"])
    fresh.save(update_fields=["state", "settled_at", "change"])
    audit(
        by=by,
        at=now,
        deed="students.transfer_decided",
        subject=subject_of_transfer(fresh),
        details={"approved": approve, "comment": comment},
    )
    announce(TransferDecided(case_id=fresh.uuid, state=fresh.state), by=by, at=now)
    return fresh


def _carry_out(by: Actor, case: TransferCase, now: datetime) -> None:
    """Everybody agreed: the record, the pupil's place and the class move on this day."""
    [record] = locked([case.record])
    _check(record, case.to_school, case.to_klass)
    plan = Planned(
        record=record,
        rule=rule_of(record.stage, ChangeKind.TRANSFERRED),
        school=case.to_school,
        klass=case.to_klass,
        note=case.reason,
    )
    [case.change] = apply_changes(by=by, planned=[plan], on=local_day(now), now=now)
    case.state, case.settled_at = TransferState.APPROVED, now
    announce(RecordsChanged(record_ids=(record.uuid,), kind=ChangeKind.TRANSFERRED), by=by, at=now)


@transaction.atomic
def withdraw_transfer(*, by: Actor, case: TransferCase, now: datetime) -> TransferCase:
    """The asking school takes an open transfer back."""
    require(by, Permission.KEEP, on=case.to_school)
    fresh = _locked_case(case)
    fresh.state, fresh.settled_at = TransferState.WITHDRAWN, now
    fresh.save(update_fields=["state", "settled_at"])
    audit(by=by, at=now, deed="students.transfer_withdrawn", subject=subject_of_transfer(fresh))
    announce(TransferDecided(case_id=fresh.uuid, state=fresh.state), by=by, at=now)
    return fresh
