"""What a person orders: bring a file, have it compared again, import it, or not."""

from datetime import datetime
from uuid import uuid4

from django.db import connection, transaction

from heluo.domains.rosters.access import Permission
from heluo.domains.rosters.enums import MOVING_STATES, BatchState, Choice
from heluo.domains.rosters.errors import (
    BatchNotReady,
    EndingsNotConfirmed,
    ErrorsStand,
    NothingToImport,
    PreviewStale,
)
from heluo.domains.rosters.events import BatchMoved
from heluo.domains.rosters.models import RosterBatch
from heluo.domains.rosters.queries.batches import (
    COMPARE_TASK,
    IMPORT_TASK,
    READ_TASK,
    is_stale,
    stop_percent,
    work_has_stopped,
)
from heluo.kernel.actors.public import Actor, require
from heluo.kernel.audit.public import Subject, record
from heluo.kernel.events.public import announce
from heluo.kernel.files.public import StoredFile, require_readable
from heluo.kernel.jobs.public import defer
from heluo.kernel.organisations.models import Organisation
from heluo.kernel.people.public import changes_in, me

CONFIRMING = 0x4057E4
"""Advisory lock of confirmations: of two clerks who confirm at the same moment, the second sees the first."""
SHORTEST_REASON = 4


def subject_of(batch: RosterBatch) -> Subject:
    """A batch as the audit names it."""
    return Subject(kind="roster_batch", id=str(batch.uuid), title=batch.file_name, path=batch.scope.path)


@transaction.atomic
def open_batch(*, by: Actor, scope: Organisation, file: StoredFile, now: datetime) -> RosterBatch:
    """Take a file as the roster of a school, or of the schools below a bureau; a job reads it."""
    require(by, Permission.IMPORT, on=scope)
    require_readable(file)
    batch = RosterBatch.objects.create(
        uuid=uuid4(),
        scope=scope,
        file=file,
        file_name=file.name,
        opened_by=me(by),
        opened_at=now,
    )
    record(by=by, at=now, deed="rosters.batch_opened", subject=subject_of(batch), details={"sha256": file.sha256})
    defer(READ_TASK, batch_id=batch.pk)
    return batch


@transaction.atomic
def check_again(*, by: Actor, batch: RosterBatch, now: datetime) -> RosterBatch:
    """Compare the rows with the register as it is now; or begin anew where the work on the batch broke off."""
    fresh = _locked(by, batch, BatchState.READ, *MOVING_STATES)
    if fresh.is_moving and not work_has_stopped(fresh):
        raise BatchNotReady(state=fresh.get_state_display())
    order = {BatchState.READ: COMPARE_TASK, BatchState.IMPORTING: IMPORT_TASK}.get(BatchState(fresh.state), READ_TASK)
    if order == COMPARE_TASK:
        _move(fresh, BatchState.READING, by=by, now=now)
    record(by=by, at=now, deed="rosters.batch_checked_again", subject=subject_of(fresh))
    defer(order, batch_id=fresh.pk)
    return fresh


@transaction.atomic
def confirm_batch(
    *, by: Actor, batch: RosterBatch, choice: Choice, endings_reason: str = "", now: datetime
) -> RosterBatch:
    """Order the import: of everything where nothing is wrong, or of the rows that are right.

    Raises `ErrorsStand`, `NothingToImport`, `PreviewStale` (another roster of the same schools came in between),
    `EndingsNotConfirmed` (a large part of a school would end, and nobody said why), `BatchNotReady`.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [CONFIRMING])
    fresh = _locked(by, batch, BatchState.READ)
    if choice == Choice.ALL and fresh.error_count:
        raise ErrorsStand(count=fresh.error_count)
    if not fresh.clean_rows:
        raise NothingToImport
    if is_stale(fresh):
        raise PreviewStale
    reason = endings_reason.strip()
    if len(reason) < SHORTEST_REASON and fresh.parts.filter(ends_many=True).exists():
        raise EndingsNotConfirmed(field="endings_reason", percent=stop_percent(), shortest=SHORTEST_REASON)
    fresh.choice, fresh.endings_reason = choice, reason
    fresh.confirmed_by, fresh.confirmed_at = me(by), now
    fresh.save(update_fields=["choice", "endings_reason", "confirmed_by", "confirmed_at"])
    _move(fresh, BatchState.IMPORTING, by=by, now=now)
    record(
        by=by,
        at=now,
        deed="rosters.batch_confirmed",
        subject=subject_of(fresh),
        details={"choice": choice, "reason": reason, "count": changes_in(fresh.counts)},
    )
    defer(IMPORT_TASK, batch_id=fresh.pk)
    return fresh


@transaction.atomic
def cancel_batch(*, by: Actor, batch: RosterBatch, now: datetime) -> RosterBatch:
    """Give a batch up before anything of it is imported."""
    fresh = _locked(by, batch, BatchState.READ)
    fresh.finished_at = now
    fresh.save(update_fields=["finished_at"])
    _move(fresh, BatchState.CANCELLED, by=by, now=now)
    record(by=by, at=now, deed="rosters.batch_cancelled", subject=subject_of(fresh))
    return fresh


def _locked(by: Actor, batch: RosterBatch, *states: BatchState) -> RosterBatch:
    require(by, Permission.IMPORT, on=batch)
    fresh = RosterBatch.objects.select_for_update(of=("self",)).select_related("scope").get(pk=batch.pk)
    if fresh.state not in states:
        raise BatchNotReady(state=fresh.get_state_display())
    return fresh


def _move(batch: RosterBatch, state: BatchState, *, by: Actor, now: datetime) -> None:
    batch.state = state
    batch.save(update_fields=["state"])
    announce(BatchMoved(batch=batch.uuid), by=by, at=now)
