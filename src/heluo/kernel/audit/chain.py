"""The canonical form of an audit row and of a seal, and the hashes over them.

Each hash is written `algorithm:hex`, so that another algorithm (SM3) can follow on an existing chain.
"""

import hashlib
import json
from collections.abc import Iterable
from datetime import UTC, datetime
from decimal import Decimal

from heluo.kernel.audit.models import AuditRow, Seal
from heluo.kernel.jobs.public import Plain

ALGORITHM = "sha256"
TRUSTED_ALGORITHMS = frozenset({"sha256", "sm3"})
START = f"{ALGORITHM}:{'0' * 64}"
"""What stands before the first link."""


def digest(parts: Iterable[bytes], *, algorithm: str = ALGORITHM) -> str:
    """`algorithm:hex` over parts, each preceded by its length so that no two splits look alike."""
    running = hashlib.new(algorithm)
    for part in parts:
        running.update(len(part).to_bytes(8, "big"))
        running.update(part)
    return f"{algorithm}:{running.hexdigest()}"


def algorithm_of(hash_text: str) -> str | None:
    """The algorithm a stored hash names, if it is one we trust."""
    name = hash_text.partition(":")[0]
    return name if name in TRUSTED_ALGORITHMS and name in hashlib.algorithms_available else None


def _one_number(value: object) -> object:
    """Whole floats as the integer PostgreSQL keeps, at any depth: it reads `1e20` digit by digit."""
    if isinstance(value, float) and value.is_integer():
        return int(Decimal(repr(value)))
    if isinstance(value, dict):
        return {key: _one_number(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_one_number(item) for item in value]
    return value


def canonical(value: object) -> bytes:
    """JSON with sorted keys, no spaces, in UTF-8."""
    return json.dumps(
        _one_number(value), ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False
    ).encode()


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def canonical_row(row: AuditRow) -> bytes:
    """Every fact of a row, in a form that does not depend on the database's or the language's formatting."""
    return canonical(
        [
            row.seq,
            _instant(row.at),
            str(row.by) if row.by else None,
            row.by_name,
            row.deed,
            [row.subject_kind, row.subject_id, row.subject_title, row.path],
            row.details,
            row.request_id,
            row.ip,
            row.differences_count,
            row.differences_hash,
        ]
    )


def link_hash(previous: str, row: AuditRow, *, algorithm: str = ALGORITHM) -> str:
    """The hash of a link: over the hash before it and its row."""
    return digest((previous.encode(), canonical_row(row)), algorithm=algorithm)


def digest_of_differences(differences: Iterable[tuple[str, Plain, Plain]], *, algorithm: str = ALGORITHM) -> str:
    """One hash over all differences of a batch, in their order."""
    return digest((canonical(item) for item in differences), algorithm=algorithm)


def sealed_text(seal: Seal, previous_signature: bytes) -> bytes:
    """What a seal signs: everything it says, and the seal before it."""
    return canonical(
        [
            "heluo audit seal",
            seal.number,
            seal.first,
            seal.last,
            seal.head,
            seal.settled,
            _instant(seal.sealed_at),
            seal.key_id,
            seal.algorithm,
            previous_signature.hex(),
        ]
    )
