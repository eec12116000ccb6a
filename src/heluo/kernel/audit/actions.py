"""Writing the audit log."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.db import connection, transaction

from heluo.kernel.actors.public import Actor, require
from heluo.kernel.audit.access import Permission
from heluo.kernel.audit.chain import digest_of_differences
from heluo.kernel.audit.context import origin
from heluo.kernel.audit.errors import VerificationUnderWay
from heluo.kernel.audit.models import AuditDifference, AuditRow, Verification
from heluo.kernel.audit.verifier import Report
from heluo.kernel.codes.public import copy_values
from heluo.kernel.jobs.public import Plain, defer, is_under_way, to_plain

WRITTEN = [field for field in AuditRow._meta.concrete_fields if not field.primary_key]  # noqa: SLF001  # documented API
INSERT = "INSERT INTO {table} ({columns}) VALUES ({places}) RETURNING seq".format(  # noqa: S608  # our own names
    table=AuditRow._meta.db_table,  # noqa: SLF001  # documented API
    columns=", ".join(f'"{field.column}"' for field in WRITTEN),
    places=", ".join(["%s"] * len(WRITTEN)),
)
VERIFY_TASK = "audit.verify"


@dataclass(frozen=True, slots=True)
class Subject:
    """What a deed was done to: a stable kind and id, its title on that day, the tree path of its organisation."""

    kind: str
    id: str
    title: str
    path: str


@dataclass(frozen=True, slots=True)
class Difference:
    """What a batch changed in one thing. Never put personal identifiers in it."""

    subject_id: str
    before: Mapping[str, object] | None = field(default=None)
    after: Mapping[str, object] | None = field(default=None)


def record(
    *,
    by: Actor,
    at: datetime,
    deed: str,
    subject: Subject,
    details: Mapping[str, object] | None = None,
) -> None:
    """Write one audit row in the action's transaction.

    `deed` is `<app>.<what_was_done>` and has a title in some app's manifest. `details` are plain values; never put
    personal identifiers (ID, student or phone numbers) in them.
    """
    _insert(_row(by=by, at=at, deed=deed, subject=subject, details=details or {}))


@transaction.atomic
def record_batch(
    *,
    by: Actor,
    at: datetime,
    deed: str,
    subject: Subject,
    differences: Iterable[Difference],
    details: Mapping[str, object] | None = None,
) -> int:
    """Write one audit row for a set-based action, with the difference each thing saw; its `seq`."""
    kept = [(item.subject_id, _plain(item.before), _plain(item.after)) for item in differences]
    row = _row(by=by, at=at, deed=deed, subject=subject, details=details or {})
    row.differences_count = len(kept)
    row.differences_hash = digest_of_differences(kept)
    row.seq = _insert(row)
    copy_values(
        AuditDifference,
        ("row_id", "position", "subject_id", "before", "after"),
        (
            (row.seq, position, subject_id, _stored(before), _stored(after))
            for position, (subject_id, before, after) in enumerate(kept)
        ),
    )
    return row.seq


def _stored(values: Plain) -> str | None:
    return None if values is None else json.dumps(values, ensure_ascii=False)


@transaction.atomic
def order_verification(*, by: Actor, now: datetime) -> Verification:
    """Have the whole chain checked by a job; its progress and result are kept in the row.

    Refuses `VerificationUnderWay` while one waits or runs.
    """
    require(by, Permission.VERIFY)
    if is_under_way(VERIFY_TASK):
        raise VerificationUnderWay
    ordered = Verification.objects.create(by_name=by.name, started_at=now)
    record(
        by=by,
        at=now,
        deed="audit.verification_ordered",
        subject=Subject(kind="audit_chain", id=str(ordered.pk), title="", path=""),
    )
    defer(VERIFY_TASK, verification_id=ordered.pk)
    return ordered


def note_progress(*, verification_id: int, checked: int, total: int) -> None:
    """Say how far a verification is."""
    Verification.objects.filter(id=verification_id).update(checked=checked, total=total)


def note_result(*, verification_id: int, report: Report, now: datetime) -> None:
    """Keep what a verification found."""
    Verification.objects.filter(id=verification_id).update(
        finished_at=now, checked=report.links, total=report.links, intact=report.intact, sentence=str(report)
    )


def _insert(row: AuditRow) -> int:
    """Insert a row and return its `seq`.

    Every action passes here, and building the statement anew each time, as `save` does, costs more than the row itself
    (`benchmarks/audited_action.py`).
    """
    values = [field.get_db_prep_save(getattr(row, field.attname), connection) for field in WRITTEN]
    with connection.cursor() as cursor:
        cursor.execute(INSERT, values)
        seq: int = cursor.fetchone()[0]
    return seq


def _plain(values: Mapping[str, object] | None) -> Plain:
    return None if values is None else to_plain(values)


def _row(*, by: Actor, at: datetime, deed: str, subject: Subject, details: Mapping[str, object]) -> AuditRow:
    came_from = origin()
    return AuditRow(
        at=at,
        by=by.person_id,
        by_name=by.name,
        deed=deed,
        subject_kind=subject.kind,
        subject_id=subject.id,
        subject_title=subject.title[:200],
        path=subject.path,
        details=to_plain(details),
        request_id=came_from.request_id,
        ip=came_from.ip,
    )
