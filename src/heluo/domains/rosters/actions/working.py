"""What every job of a batch needs: that it is alone, and the batch's rows by COPY."""

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime

from django.db import connection

from heluo.domains.rosters.access import Permission
from heluo.domains.rosters.events import BatchMoved
from heluo.domains.rosters.models import RosterBatch, RosterFinding, RosterRow
from heluo.domains.rosters.queries.cells import CheckedRow, Wrong
from heluo.kernel.actors.public import Actor, platform_actor
from heluo.kernel.events.public import announce
from heluo.kernel.people.crypto import KeyRing
from heluo.kernel.people.enums import IdentifierKind

READER = platform_actor("rosters", Permission)
_LOOKUPS = (IdentifierKind.RESIDENT_ID, IdentifierKind.STUDENT_NUMBER, IdentifierKind.PHONE)


@contextmanager
def alone(batch: RosterBatch) -> Iterator[bool]:
    """Whether nobody else works on the batch; while inside, nobody else begins.

    A dead worker's lock goes with its connection.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [batch.lock_key])
        is_alone = cursor.fetchone()[0]
    try:
        yield is_alone
    finally:
        if is_alone:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [batch.lock_key])


def moved(batch: RosterBatch, *, by: Actor = READER, now: datetime) -> None:
    """Tell the batch's page to look again."""
    announce(BatchMoved(batch=batch.uuid), by=by, at=now)


def copy_rows(batch: RosterBatch, rows: Iterable[CheckedRow], ring: KeyRing) -> None:
    """Keep rows: open facts as they are, numbers sealed together and as keyed hashes."""
    with (
        connection.cursor() as cursor,
        cursor.copy(
            f"COPY {RosterRow._meta.db_table} (batch_id, kind, sheet, number, school_id, name, facts, klass_key,"  # noqa: SLF001
            " source_key, resident, student, phone, sealed, key_id, other_kind, other, has_error, clashes, deed,"
            " changed) FROM STDIN"
        ) as copy,
    ):
        for row in rows:
            resident, student, phone = (
                ring.lookup(f"{kind}:{row.numbers[kind]}") if kind in row.numbers else None for kind in _LOOKUPS
            )
            other_kind, other = row.other or ("", "")
            copy.write_row(
                (
                    batch.pk,
                    str(row.kind),
                    row.sheet,
                    row.number,
                    row.school,
                    row.name,
                    json.dumps(row.facts, ensure_ascii=False),
                    row.klass_key,
                    row.source_key,
                    resident,
                    student,
                    phone,
                    _sealed(batch, row, ring),
                    ring.current,
                    str(other_kind),
                    ring.lookup(f"{other_kind}:{other}") if other else None,
                    row.has_error,
                    False,
                    "",
                    "[]",
                )
            )


def _sealed(batch: RosterBatch, row: CheckedRow, ring: KeyRing) -> bytes | None:
    numbers = {str(kind): value for kind, value in row.numbers.items()}
    if row.other:
        numbers["other"] = row.other[1]
    return ring.seal(json.dumps(numbers), bound_to=bound_to(batch, row.sheet, row.number)) if numbers else None


def bound_to(batch: RosterBatch, sheet: str, number: int) -> str:
    """What the sealed numbers of a row are bound to."""
    return f"roster/{batch.uuid}/{sheet}/{number}"


def numbers_of(batch: RosterBatch, row: RosterRow, ring: KeyRing) -> Mapping[str, str]:
    """The numbers of a row in clear: by kind, and `other` for whom it points to."""
    if row.sealed is None:
        return {}
    opened = ring.unseal(bytes(row.sealed), key_id=row.key_id, bound_to=bound_to(batch, row.sheet, row.number))
    numbers: dict[str, str] = json.loads(opened)
    return numbers


def keep_findings(batch: RosterBatch, wrongs: Iterable[Wrong], *, is_from_register: bool = False) -> None:
    """Keep what is wrong, each in its cell: whoever names a column need not know where the file has it."""
    RosterFinding.objects.bulk_create(
        [
            RosterFinding(
                batch=batch,
                kind=str(wrong.kind or ""),
                sheet=wrong.sheet,
                number=wrong.number,
                column=wrong.column,
                letter=wrong.letter or batch.letters.get(wrong.sheet, {}).get(wrong.column, ""),
                found=wrong.found,
                fault=wrong.fault,
                details=dict(wrong.details),
                severity=wrong.severity,
                is_from_register=is_from_register,
            )
            for wrong in wrongs
        ],
        batch_size=2000,
    )
