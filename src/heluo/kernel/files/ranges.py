"""The Range header (RFC 9110, section 14): which bytes a client asked for."""

import re
from dataclasses import dataclass

_SPEC = re.compile(r"(\d*)-(\d*)", re.ASCII)
MOST_PARTS = 16
"""A header that asks for more parts than this is ignored, as the standard lets a server do."""


@dataclass(frozen=True, slots=True)
class ByteRange:
    """Bytes `first` to `last`, both included."""

    first: int
    last: int

    def __len__(self) -> int:
        return self.last - self.first + 1

    def content_range(self, size: int) -> str:
        return f"bytes {self.first}-{self.last}/{size}"


class Unsatisfiable(ValueError):
    """Every range asked for lies outside the content (416)."""


def asked_range(header: str, size: int) -> ByteRange | None:
    """The one range to answer with 206, or None to answer with the whole content (200).

    A header that is malformed, of another unit, or asks for several satisfiable parts is ignored, which RFC 9110,
    14.2 allows; a client that asked for several gets the whole. Raises `Unsatisfiable` where nothing asked for exists.
    """
    unit, equals, specs = header.partition("=")
    if not equals or unit.strip().lower() != "bytes":
        return None
    parts = [part.strip(" \t") for part in specs.split(",")]
    parts = [part for part in parts if part]
    if not parts or len(parts) > MOST_PARTS:
        return None
    satisfiable: list[ByteRange] = []
    for part in parts:
        match = _SPEC.fullmatch(part)
        if match is None or part == "-":
            return None
        start, end = match.groups()
        if start and end and int(end) < int(start):
            return None
        found = _within(size, start, end)
        if found is not None:
            satisfiable.append(found)
    if not satisfiable:
        raise Unsatisfiable(header)
    return satisfiable[0] if len(satisfiable) == 1 else None


def _within(size: int, start: str, end: str) -> ByteRange | None:
    if not start:
        length = min(int(end), size)
        return ByteRange(size - length, size - 1) if length else None
    if int(start) >= size:
        return None
    return ByteRange(int(start), min(int(end), size - 1) if end else size - 1)
