"""What every store of contents can do."""

from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

CHUNK = 1024 * 1024
"""Bytes read or written at a time."""


class StorageTrouble(RuntimeError):
    """The store cannot be reached or does not do as told; the text is for the operator."""


class OutOfRoom(StorageTrouble):
    """The store answers, but has no room left."""


class ContentMissing(StorageTrouble):
    """A content that should be there is not."""


@dataclass(frozen=True, slots=True)
class Kept:
    """One content as the store lists it."""

    sha256: str
    size: int
    modified: float
    """Seconds since 1970."""


class Storage(Protocol):
    """Contents by their SHA-256, in lower-case hexadecimal. A content is whole or not there at all."""

    def put(self, sha256: str, source: Path) -> None:
        """Keep a file as a content. The file stays for whoever made it; it must not be written to any more.

        Putting a content twice is no error. Safe against two writers of the same content and against a kill at any
        instant: the content becomes visible whole, in one step. Raises `OutOfRoom`, `StorageTrouble`.
        """

    def read(self, sha256: str, first: int = 0, last: int | None = None) -> Iterator[bytes]:
        """Bytes `first` to `last`, both included, in pieces. Raises `ContentMissing` before the first piece."""

    def has(self, sha256: str) -> bool: ...

    def delete(self, sha256: str) -> None:
        """Remove a content; no error where it is gone already."""

    def quarantine(self, sha256: str) -> None:
        """Put a content out of reach of every reader, but keep it for whoever must examine it."""

    def as_file(self, sha256: str) -> AbstractContextManager[Path]:
        """The content as a local file to read, for as long as the context lasts."""

    def contents(self) -> Iterator[Kept]:
        """Everything in the store, quarantine left out."""

    def check(self) -> None:
        """Make sure that the store takes and gives back a byte. Raises `StorageTrouble`."""


def place_of(sha256: str) -> str:
    """`ab/cd/abcd…`: two levels of folders, so that none holds more than a few thousand entries."""
    if len(sha256) != 64 or not set(sha256) <= set("0123456789abcdef"):
        raise ValueError(f"not a SHA-256 in hexadecimal: {sha256!r}")
    return f"{sha256[:2]}/{sha256[2:4]}/{sha256}"
