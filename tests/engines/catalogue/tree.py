"""The trees of `docs/oaipmh.md`, built as another's software would: from that page alone."""

import hashlib
from collections.abc import Mapping, Sequence
from uuid import UUID

Parts = dict[str, tuple[int, str]]


def sha(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


def leaf(identifier: UUID, texts: Sequence[str]) -> bytes:
    """Of a record with these texts."""
    return sha(identifier.bytes + b"".join(sha(text.encode()) for text in texts))


def built(leaves: Mapping[UUID, bytes], depth: int) -> Parts:
    """Prefix → count and hash, the root under ""."""
    level: dict[str, list[bytes]] = {}
    for uuid in sorted(leaves):
        level.setdefault(uuid.hex[:depth], []).append(leaves[uuid])
    at = {prefix: (len(found), sha(b"".join(found))) for prefix, found in level.items()}
    parts = dict(at)
    while depth:
        above: dict[str, list[str]] = {}
        for prefix in sorted(at):
            above.setdefault(prefix[:-1], []).append(prefix)
        at = {
            prefix: (sum(at[one][0] for one in below), sha(b"".join(one[-1].encode() + at[one][1] for one in below)))
            for prefix, below in above.items()
        }
        parts |= at
        depth -= 1
    return {prefix: (count, found.hex()) for prefix, (count, found) in parts.items()}
