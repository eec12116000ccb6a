"""Bulk actions: prepared as a preview, changed by hand, applied as a whole, undone as a whole by new facts."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from heluo.domains.students.access import Permission
from heluo.domains.students.actions.applying import Planned, apply_changes, check_years, locked, undo_changes
from heluo.domains.students.enums import BULK_CHOICES, BulkKind, BulkState, ChangeKind, State
from heluo.domains.students.errors import (
    BulkSettled,
    ClassesNeeded,
    LaterFactsDepend,
    NobodyThere,
    NothingToApply,
    PlanOutdated,
    RowChoiceWrong,
    UnknownInMarks,
)
from heluo.domains.students.events import RecordsChanged, RecordsGraduated
from heluo.domains.students.models import BulkAction, BulkRow, StudentRecord
from heluo.domains.students.queries.bulk import rows_of_bulk, year_group
from heluo.domains.students.queries.division import ToDivide, divide
from heluo.domains.students.queries.records import newest_effective, seats_of
from heluo.domains.students.queries.rules import rules_of
from heluo.kernel.actors.public import Actor, require
from heluo.kernel.audit.public import Difference, Subject, record_batch
from heluo.kernel.audit.public import record as audit
from heluo.kernel.codes.public import mint_identifier, reserve_ids
from heluo.kernel.events.public import announce
from heluo.kernel.organisations.models import Klass, Organisation

BULKS = "students_bulkaction"
ROWS_AT_ONCE = 2000
NAMED = 3
UNDONE = "撤销批量办理"
"""Note of the facts that an undo adds: kept in Chinese like everything in a record."""


def subject_of_bulk(bulk: BulkAction) -> Subject:
    return Subject(kind="student_bulk", id=str(bulk.uuid), title=bulk.school.name, path=bulk.school.path)


# -- preparing --------------------------------------------------------------------------------------------------------


@transaction.atomic
def draft_graduation(
    *, by: Actor, school: Organisation, stage: str, entry_year: int, on: date, document: str = "", now: datetime
) -> BulkAction:
    """Prepare the graduation of a year group: everybody enrolled graduates unless the preview is changed."""
    require(by, Permission.KEEP, on=school)
    records = _group(school, stage, entry_year)
    for record in records:
        check_years(record, on)
    kinds = {record.pk: ChangeKind.GRADUATED.value if record.state == State.ENROLLED else "" for record in records}
    return _draft(by, BulkKind.GRADUATION, records, kinds=kinds, on=on, document=document, now=now)


@transaction.atomic
def draft_promotion(
    *, by: Actor, school: Organisation, stage: str, entry_year: int, on: date, document: str = "", now: datetime
) -> BulkAction:
    """Prepare a year group's step to the next grade. The grade follows the calendar; the preview names exceptions."""
    require(by, Permission.KEEP, on=school)
    records = _group(school, stage, entry_year)
    return _draft(by, BulkKind.PROMOTION, records, kinds={}, on=on, document=document, now=now)


@transaction.atomic
def draft_division(
    *,
    by: Actor,
    school: Organisation,
    stage: str,
    entry_year: int,
    classes: Sequence[Klass],
    seed: str,
    marks: Mapping[str, Decimal],
    on: date,
    now: datetime,
) -> BulkAction:
    """Prepare the division of a year group over classes, balanced by sex and by marks (platform number → mark)."""
    require(by, Permission.KEEP, on=school)
    records = [record for record in _group(school, stage, entry_year) if record.state == State.ENROLLED]
    places = _of_the_group(classes, school, stage, entry_year)
    if len(places) < 2:
        raise ClassesNeeded(field="classes", why=_("分班至少要两个班，都是这个年级的。"))
    known = {record.person.number for record in records}
    if unknown := sorted(set(marks) - known):
        raise UnknownInMarks(field="marks", number=unknown[0])
    given = {record.pk: marks.get(record.person.number) for record in records}
    drawn = divide(
        [ToDivide(record.person.uuid, record.person.sex, given[record.pk]) for record in records],
        classes=len(places),
        seed=seed,
    )
    targets = {record.pk: places[drawn[record.person.uuid]] for record in records}
    kinds = dict.fromkeys(targets, ChangeKind.CLASS_CHANGED.value)
    return _draft(by, BulkKind.DIVISION, records, kinds=kinds, targets=targets, marks=given, seed=seed, on=on, now=now)


@transaction.atomic
def draft_merging(
    *, by: Actor, school: Organisation, kept: Klass, merged: Sequence[Klass], on: date, now: datetime
) -> BulkAction:
    """Prepare the merging of classes: the pupils of all of them will sit in the one that is kept."""
    require(by, Permission.KEEP, on=school)
    others = [klass for klass in _of_the_group(merged, school, kept.stage, kept.entry_year) if klass != kept]
    if not others or kept.school_id != school.pk:
        raise ClassesNeeded(field="classes", why=_("请选保留的班，和至少一个并入它的同年级的班。"))
    group = _group(school, kept.stage, kept.entry_year)
    seats = seats_of([record.person_id for record in group], on=on)
    records = [record for record in group if seats.get(record.person_id) in others and record.state == State.ENROLLED]
    if not records:
        raise NobodyThere(field="classes")
    kinds = {record.pk: ChangeKind.CLASS_CHANGED.value for record in records}
    targets = dict.fromkeys(kinds, kept)
    return _draft(by, BulkKind.MERGING, records, kinds=kinds, targets=targets, on=on, now=now)


def _group(school: Organisation, stage: str, entry_year: int) -> list[StudentRecord]:
    records = list(year_group(school, stage, entry_year))
    if not records:
        raise NobodyThere(field="group")
    return records


def _of_the_group(classes: Sequence[Klass], school: Organisation, stage: str, entry_year: int) -> list[Klass]:
    fit = {
        klass for klass in classes if (klass.school_id, klass.stage, klass.entry_year) == (school.pk, stage, entry_year)
    }
    return sorted(fit, key=lambda klass: klass.number) if len(fit) == len(set(classes)) else []


def _draft(
    by: Actor,
    kind: BulkKind,
    records: Sequence[StudentRecord],
    *,
    kinds: Mapping[int, str],
    targets: Mapping[int, Klass] | None = None,
    marks: Mapping[int, Decimal | None] | None = None,
    on: date,
    document: str = "",
    seed: str = "",
    now: datetime,
) -> BulkAction:
    first = records[0]
    [key] = reserve_ids(BULKS, 1)
    bulk = BulkAction.objects.create(
        pk=key,
        uuid=mint_identifier("student-bulk", str(key)),
        kind=kind,
        school=first.school,
        stage=first.stage,
        entry_year=first.entry_year,
        on=on,
        document=document.strip(),
        seed=seed,
        by_person=by.person_id,
        by_name=by.name,
        drafted_at=now,
    )
    seats = seats_of([record.person_id for record in records], on=on)
    BulkRow.objects.bulk_create(
        [
            BulkRow(
                bulk=bulk,
                record=record,
                kind=kinds.get(record.pk, ""),
                to_klass=(targets or {}).get(record.pk),
                mark=(marks or {}).get(record.pk),
                from_state=record.state,
                from_entry_year=record.entry_year,
                from_klass=seats.get(record.person_id),
            )
            for record in records
        ],
        batch_size=ROWS_AT_ONCE,
    )
    audit(
        by=by,
        at=now,
        deed="students.bulk_drafted",
        subject=subject_of_bulk(bulk),
        details={"bulk": kind, "count": len(records), "seed": seed},
    )
    return bulk


# -- changing the preview ---------------------------------------------------------------------------------------------


def _open(by: Actor, bulk: BulkAction, *states: BulkState) -> BulkAction:
    """The action as it stands, locked, if it is in one of the states."""
    require(by, Permission.KEEP, on=bulk)
    fresh = BulkAction.objects.select_for_update(of=("self",)).select_related("school").get(pk=bulk.pk)
    if fresh.state not in states:
        raise BulkSettled(state=BulkState(fresh.state).label)
    return fresh


@transaction.atomic
def set_row(*, by: Actor, row: BulkRow, kind: ChangeKind | None, klass: Klass | None, now: datetime) -> BulkRow:
    """Say by hand what is to happen to one pupil; None: nothing."""
    bulk = _open(by, row.bulk, BulkState.DRAFT)
    if kind is not None and kind not in BULK_CHOICES[BulkKind(bulk.kind)]:
        raise RowChoiceWrong(field="kind")
    if klass is not None and (klass.school_id, klass.stage) != (bulk.school_id, bulk.stage):
        raise RowChoiceWrong(field="klass")
    row.kind, row.to_klass = kind.value if kind else "", klass if kind else None
    row.save(update_fields=["kind", "to_klass"])
    _note_adjustment(by, bulk, [row], now)
    return row


@transaction.atomic
def swap_rows(*, by: Actor, first: BulkRow, second: BulkRow, now: datetime) -> None:
    """Let two pupils of a division change places."""
    bulk = _open(by, first.bulk, BulkState.DRAFT)
    if bulk.kind != BulkKind.DIVISION or second.bulk_id != bulk.pk or first.to_klass_id == second.to_klass_id:
        raise RowChoiceWrong(field="other")
    first.to_klass, second.to_klass = second.to_klass, first.to_klass
    BulkRow.objects.bulk_update([first, second], ["to_klass"])
    _note_adjustment(by, bulk, [first, second], now)


def _note_adjustment(by: Actor, bulk: BulkAction, rows: Sequence[BulkRow], now: datetime) -> None:
    """A draw that was changed by hand must be seen to have been."""
    record_batch(
        by=by,
        at=now,
        deed="students.bulk_adjusted",
        subject=subject_of_bulk(bulk),
        differences=[
            Difference(
                subject_id=str(row.record.uuid),
                after={"change": row.kind, "class": str(row.to_klass.uuid) if row.to_klass else None},
            )
            for row in rows
        ],
    )


@transaction.atomic
def discard_bulk(*, by: Actor, bulk: BulkAction, now: datetime) -> BulkAction:
    """Give a preview up; it stays to be read."""
    fresh = _open(by, bulk, BulkState.DRAFT)
    fresh.state, fresh.settled_at = BulkState.DISCARDED, now
    fresh.save(update_fields=["state", "settled_at"])
    audit(by=by, at=now, deed="students.bulk_discarded", subject=subject_of_bulk(fresh))
    return fresh


# -- applying and undoing ---------------------------------------------------------------------------------------------


@transaction.atomic
def apply_bulk(*, by: Actor, bulk: BulkAction, now: datetime) -> BulkAction:
    """Do what the preview shows, all of it or nothing. Refuses `PlanOutdated` where a record changed meanwhile."""
    fresh = _open(by, bulk, BulkState.DRAFT)
    rows = [
        row for row in rows_of_bulk(fresh).exclude(kind="") if row.to_klass_id is None or row.to_klass != row.from_klass
    ]
    if not rows:
        raise NothingToApply
    records = {record.pk: record for record in locked([row.record for row in rows])}
    _check_unchanged(fresh, rows, records)
    rules = {rule.kind: rule for rule in rules_of(fresh.stage)}
    planned = [
        Planned(record=records[row.record_id], rule=rules[row.kind], klass=row.to_klass, document=fresh.document)
        for row in rows
    ]
    changes = apply_changes(by=by, planned=planned, on=fresh.on, now=now)
    for row, change in zip(rows, changes, strict=True):
        row.change = change
    BulkRow.objects.bulk_update(rows, ["change"], batch_size=ROWS_AT_ONCE)
    fresh.state, fresh.settled_at = BulkState.APPLIED, now
    fresh.save(update_fields=["state", "settled_at"])
    record_batch(
        by=by,
        at=now,
        deed="students.bulk_applied",
        subject=subject_of_bulk(fresh),
        differences=[
            Difference(
                subject_id=str(records[row.record_id].uuid),
                before={"state": row.from_state, "class": str(row.from_klass.uuid) if row.from_klass else None},
                after={
                    "change": row.kind,
                    "state": change.to_state,
                    "class": str(row.to_klass.uuid) if row.to_klass else None,
                },
            )
            for row, change in zip(rows, changes, strict=True)
        ],
    )
    for kind in sorted({row.kind for row in rows}):
        ids = tuple(records[row.record_id].uuid for row in rows if row.kind == kind)
        announce(RecordsChanged(record_ids=ids, kind=kind), by=by, at=now)
        if kind == ChangeKind.GRADUATED:
            announce(RecordsGraduated(record_ids=ids), by=by, at=now)
    return fresh


def _check_unchanged(bulk: BulkAction, rows: Sequence[BulkRow], records: Mapping[int, StudentRecord]) -> None:
    seats = seats_of([record.person_id for record in records.values()], on=bulk.on)
    changed = [
        records[row.record_id].person.name
        for row in rows
        if (row.from_state, row.from_entry_year, row.from_klass, bulk.school_id, None)
        != (
            records[row.record_id].state,
            records[row.record_id].entry_year,
            seats.get(records[row.record_id].person_id),
            records[row.record_id].school_id,
            records[row.record_id].ended_on,
        )
    ]
    if changed:
        raise PlanOutdated(names=_names(changed))


@transaction.atomic
def undo_bulk(*, by: Actor, bulk: BulkAction, now: datetime) -> BulkAction:
    """Undo everything a bulk action did by new facts, as long as nothing later depends on it."""
    fresh = _open(by, bulk, BulkState.APPLIED)
    rows = list(
        rows_of_bulk(fresh).filter(change__isnull=False).select_related("change__from_school", "change__from_klass")
    )
    records = {record.pk: record for record in locked([row.record for row in rows])}
    newest = newest_effective(list(records))
    later = [records[row.record_id].person.name for row in rows if newest[row.record_id].pk != row.change_id]
    if later:
        raise LaterFactsDepend(names=_names(later))
    changes = [newest[row.record_id] for row in rows]
    for change in changes:
        change.record = records[change.record_id]
    undo_changes(by=by, changes=changes, note=UNDONE, now=now)
    fresh.state, fresh.undone_at = BulkState.UNDONE, now
    fresh.save(update_fields=["state", "undone_at"])
    record_batch(
        by=by,
        at=now,
        deed="students.bulk_undone",
        subject=subject_of_bulk(fresh),
        differences=[
            Difference(subject_id=str(change.record.uuid), after={"state": change.record.state}) for change in changes
        ],
    )
    announce(
        RecordsChanged(record_ids=tuple(change.record.uuid for change in changes), kind=ChangeKind.CORRECTED),
        by=by,
        at=now,
    )
    return fresh


def _names(names: Sequence[str]) -> str:
    shown = "、".join(names[:NAMED])
    return _("{shown}等 {count} 人").format(shown=shown, count=len(names)) if len(names) > NAMED else shown
