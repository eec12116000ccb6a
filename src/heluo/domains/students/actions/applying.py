"""What a change does, whoever registers it and however many: checks by the stage's rule, fields, class, school, facts.

One change is a batch of one. Callers hold the rights and the lock on the records; nothing here is an action.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import models

from heluo.domains.students.actions.subjects import as_registrar
from heluo.domains.students.enums import REASONS, ChangeKind, ClassEffect, GradeEffect, State
from heluo.domains.students.errors import (
    AlreadyHasARecord,
    AlreadyUnderDiscipline,
    ChangeNotAllowed,
    ChangeOutOfState,
    ClassNeeded,
    ClassOfAnotherGrade,
    ClassOfAnotherSchool,
    DayOutOfRange,
    DocumentNeeded,
    NotUnderDiscipline,
    ReasonNeeded,
    RecordEnded,
    SameClass,
    TooEarlyToGraduate,
)
from heluo.domains.students.models import StageRule, StudentChange, StudentRecord
from heluo.domains.students.queries.records import seats_of
from heluo.kernel.actors.errors import refused_as
from heluo.kernel.actors.public import Actor
from heluo.kernel.clock.public import SchoolYear, local_day
from heluo.kernel.codes.public import code_of
from heluo.kernel.organisations.models import Klass, Organisation
from heluo.kernel.people.public import PupilMove, move_pupils

ROWS_AT_ONCE = 2000
REGULAR_ENDS = frozenset({ChangeKind.GRADUATED, ChangeKind.COMPLETED})
MOVED_FIELDS = ["school", "entry_year", "state", "is_disciplined", "ended_on"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """One change to come. `klass` where the rule asks for a class; `school` where the record goes to another."""

    record: StudentRecord
    rule: StageRule
    klass: Klass | None = None
    school: Organisation | None = None
    reason: str = ""
    document: str = ""
    note: str = ""


def locked(records: Sequence[StudentRecord]) -> list[StudentRecord]:
    """The records as they stand now, kept from changing until the transaction ends; always in the same order."""
    return list(
        StudentRecord.objects.select_for_update(of=("self",))
        .filter(pk__in=[record.pk for record in records])
        .select_related("person", "school")
        .order_by("pk")
    )


def apply_changes(*, by: Actor, planned: Sequence[Planned], on: date, now: datetime) -> list[StudentChange]:
    """Carry out changes of locked records from a day on, or none if one of them cannot be."""
    seats = seats_of([plan.record.person_id for plan in planned], on=on)
    _check_days([plan.record for plan in planned], on, local_day(now))
    for reason in {plan.reason for plan in planned if plan.reason}:
        code_of(REASONS, reason, on=on)
    facts, moves = [], []
    places: dict[int, Organisation] = {}
    for plan in planned:
        seat = seats.get(plan.record.person_id)
        _check(plan, seat, on)
        facts.append(_fact(plan, seat, by=by, on=on, now=now))
        for place in (plan.record.school, plan.school):
            if place is not None:
                places[place.pk] = place
        if move := _carry_out(plan, seat, on):
            moves.append(move)
    StudentRecord.objects.bulk_update([plan.record for plan in planned], MOVED_FIELDS, batch_size=ROWS_AT_ONCE)
    if moves:
        move_pupils(by=as_registrar(by, *places.values()), moves=moves, on=on, now=now)
    return StudentChange.objects.bulk_create(facts, batch_size=ROWS_AT_ONCE)


def _check_days(records: Sequence[StudentRecord], on: date, today: date) -> None:
    first = StudentChange.objects.filter(record__in=records, reverses=None, reversed_by=None).aggregate(
        latest=models.Max("on")
    )["latest"]
    if on > today or (first is not None and on < first):
        raise DayOutOfRange(field="on", first=(first or on).isoformat(), last=today.isoformat())


def _check(plan: Planned, seat: Klass | None, on: date) -> None:
    record, rule = plan.record, plan.rule
    change, stage = ChangeKind(rule.kind), record.get_stage_display()
    if record.ended_on is not None:
        raise RecordEnded(day=record.ended_on.isoformat())
    if not rule.is_allowed:
        raise ChangeNotAllowed(field="kind", stage=stage, change=change.label, why=rule.why)
    if record.state not in rule.from_states:
        raise ChangeOutOfState(field="kind", state=State(record.state).label, change=change.label)
    if change == ChangeKind.DISCIPLINED and record.is_disciplined:
        raise AlreadyUnderDiscipline(field="kind")
    if change == ChangeKind.DISCIPLINE_LIFTED and not record.is_disciplined:
        raise NotUnderDiscipline(field="kind")
    if rule.needs_reason and not plan.reason:
        raise ReasonNeeded(field="reason", change=change.label)
    if rule.needs_document and not plan.document.strip():
        raise DocumentNeeded(field="document", change=change.label)
    if change in REGULAR_ENDS:
        check_years(record, on)
    if rule.class_effect == ClassEffect.CHOOSE:
        _check_class(plan, seat)


def check_years(record: StudentRecord, on: date) -> None:
    """Nobody graduates or completes before the last year of their schooling."""
    year = SchoolYear.on(on).starts - record.entry_year + 1
    if year < record.length:
        raise TooEarlyToGraduate(field="kind", person=record.person.name, length=record.length, year=year)


def _check_class(plan: Planned, seat: Klass | None) -> None:
    record, rule, klass = plan.record, plan.rule, plan.klass
    change = ChangeKind(rule.kind).label
    if klass is None:
        raise ClassNeeded(field="klass", change=change)
    if klass.school_id != record.school_id or klass.stage != record.stage:
        raise ClassOfAnotherSchool(field="klass")
    later = klass.entry_year - record.entry_year
    fits = {
        GradeEffect.SAME: later == 0,
        GradeEffect.DOWN: later == 1,
        GradeEffect.UP: later == -1,
        GradeEffect.SAME_OR_DOWN: later >= 0,
    }
    effect = GradeEffect(rule.grade_effect)
    if not fits[effect]:
        raise ClassOfAnotherGrade(field="klass", change=change, expected=effect.label)
    if seat is not None and seat.pk == klass.pk:
        raise SameClass(field="klass")


def _fact(plan: Planned, seat: Klass | None, *, by: Actor, on: date, now: datetime) -> StudentChange:
    """The change as it will be remembered; taken before the record is touched."""
    record, rule = plan.record, plan.rule
    return StudentChange(
        record=record,
        kind=rule.kind,
        code=rule.code,
        reason=plan.reason,
        on=on,
        from_school=record.school,
        to_school=None if rule.ends_record else plan.school or record.school,
        from_klass=seat,
        to_klass=_class_after(plan, seat),
        from_entry_year=record.entry_year,
        to_entry_year=None if rule.ends_record else _entry_year_after(plan),
        from_state=record.state,
        to_state=rule.to_state or record.state,
        document=plan.document.strip(),
        note=plan.note.strip(),
        by_person=by.person_id,
        by_name=by.name,
        at=now,
    )


def _class_after(plan: Planned, seat: Klass | None) -> Klass | None:
    return {ClassEffect.KEEP: seat, ClassEffect.CHOOSE: plan.klass, ClassEffect.LEAVE: plan.klass}[
        ClassEffect(plan.rule.class_effect)
    ]


def _entry_year_after(plan: Planned) -> int:
    return plan.klass.entry_year if plan.klass is not None else plan.record.entry_year


def _carry_out(plan: Planned, seat: Klass | None, on: date) -> PupilMove | None:
    """Change the record's fields; say where the pupil goes, if anywhere."""
    record, rule = plan.record, plan.rule
    record.entry_year = _entry_year_after(plan)
    record.state = rule.to_state or record.state
    record.school = plan.school or record.school
    if rule.kind == ChangeKind.DISCIPLINED:
        record.is_disciplined = True
    if rule.kind == ChangeKind.DISCIPLINE_LIFTED:
        record.is_disciplined = False
    if rule.ends_record:
        record.ended_on = on
        return PupilMove(record.person, None)
    after = _class_after(plan, seat)
    if plan.school is None and after == seat:
        return None
    return PupilMove(record.person, record.school, after)


def undo_changes(*, by: Actor, changes: Sequence[StudentChange], note: str, now: datetime) -> list[StudentChange]:
    """Undo changes, each the newest that holds of its locked record, by new facts. Who left comes back.

    `changes` come with their record, schools and classes. Refuses `AlreadyHasARecord` where somebody opened another
    record for the same person meanwhile.
    """
    today = local_day(now)
    seats = seats_of([change.record.person_id for change in changes], on=today)
    facts, moves = [], []
    places: dict[int, Organisation] = {}
    for change in changes:
        record = change.record
        assert change.from_school is not None  # noqa: S101  # only an opening has none, and it is never undone
        facts.append(
            StudentChange(
                record=record,
                kind=ChangeKind.CORRECTED,
                on=today,
                from_school=None if record.ended_on else record.school,
                to_school=change.from_school,
                from_klass=seats.get(record.person_id),
                to_klass=change.from_klass,
                from_entry_year=record.entry_year,
                to_entry_year=change.from_entry_year,
                from_state=record.state,
                to_state=change.from_state,
                note=note,
                reverses=change,
                by_person=by.person_id,
                by_name=by.name,
                at=now,
            )
        )
        places |= {record.school.pk: record.school, change.from_school.pk: change.from_school}
        if record.ended_on is not None or change.from_klass != seats.get(record.person_id):
            moves.append(PupilMove(record.person, change.from_school, change.from_klass))
        record.school, record.state, record.ended_on = change.from_school, change.from_state, None
        record.entry_year = change.from_entry_year or record.entry_year
        if change.kind in {ChangeKind.DISCIPLINED, ChangeKind.DISCIPLINE_LIFTED}:
            record.is_disciplined = change.kind == ChangeKind.DISCIPLINE_LIFTED
    names = "、".join(change.record.person.name for change in changes[:3])
    with refused_as(AlreadyHasARecord, constraint="one_open_record_per_person", person=names):
        StudentRecord.objects.bulk_update([change.record for change in changes], MOVED_FIELDS, batch_size=ROWS_AT_ONCE)
    if moves:
        move_pupils(by=as_registrar(by, *places.values()), moves=moves, on=today, now=now)
    return StudentChange.objects.bulk_create(facts, batch_size=ROWS_AT_ONCE)
