"""What is said about contents between nodes, and what a caller wants."""

import re
from base64 import b64decode, b64encode
from binascii import Error
from collections.abc import Collection, Sequence
from dataclasses import dataclass

MOST_ASKED = 1000
"""Hashes in one question."""
WHICH, GET = "contents.which", "contents.get"
"""What a signed question asks."""
TICKET = "Heluo-Ticket"
"""The header that carries it where the question has no body."""
_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A content as whoever wants it knows it; `href` is where it lies for whoever belongs to no node we know."""

    sha256: str
    size: int
    name: str
    media_type: str = ""
    href: str = ""


def is_sha256(text: object) -> bool:
    return isinstance(text, str) and _SHA256.fullmatch(text) is not None


def mask_of(asked: Sequence[str], had: Collection[str]) -> str:
    """Which of those asked about one has: a bit each, the first in the highest of the first byte."""
    bits = bytearray((len(asked) + 7) // 8)
    for number, sha256 in enumerate(asked):
        if sha256 in had:
            bits[number // 8] |= 0x80 >> number % 8
    return b64encode(bits).decode("ascii")


def had_in(asked: Sequence[str], mask: str) -> set[str] | None:
    """What a mask says; None where it is none for so many."""
    try:
        bits = b64decode(mask, validate=True)
    except (Error, ValueError):
        return None
    if len(bits) != (len(asked) + 7) // 8:
        return None
    return {sha256 for number, sha256 in enumerate(asked) if bits[number // 8] & 0x80 >> number % 8}
