"""The canonical form of an audit row and the hashes over it.

Each hash is written `algorithm:hex`, so that another algorithm (SM3) can follow on an existing chain.
"""

import hashlib
import json
from collections.abc import Iterable
from datetime import UTC

from heluo.kernel.audit.models import AuditRow
from heluo.kernel.jobs.public import Plain

ALGORITHM = "sha256"
START = f"{ALGORITHM}:{'0' * 64}"
"""What stands before the first link."""


def digest(*parts: bytes, algorithm: str = ALGORITHM) -> str:
    """`algorithm:hex` over parts, each preceded by its length so that no two splits look alike."""
    running = hashlib.new(algorithm)
    for part in parts:
        running.update(len(part).to_bytes(8, "big"))
        running.update(part)
    return f"{algorithm}:{running.hexdigest()}"


def _one_number(value: object) -> object:
    """Whole floats as integers, at any depth: PostgreSQL keeps `1e20` as an integer."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
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


def canonical_row(row: AuditRow) -> bytes:
    """Every fact of a row, in a form that does not depend on the database's or the language's formatting."""
    return canonical(
        [
            row.seq,
            row.at.astimezone(UTC).isoformat(timespec="microseconds") if row.at else None,
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
    return digest(previous.encode(), canonical_row(row), algorithm=algorithm)


def digest_of_differences(differences: Iterable[tuple[str, Plain, Plain]]) -> str:
    """One hash over all differences of a batch, in their order."""
    return digest(*(canonical(item) for item in differences))
