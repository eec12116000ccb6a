"""The store as a folder: `DATA/files/ab/cd/<sha256>`."""

import errno
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Self

from heluo.kernel.files.storage.interface import CHUNK, ContentMissing, Kept, OutOfRoom, StorageTrouble, place_of

FOLDER_MODE = 0o750
CONTENT_MODE = 0o440
QUARANTINE = "quarantine"
FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


class LocalStorage:
    """Contents as files below one folder that nobody writes to.

    A content enters as a second name (hard link) of the file that was brought, which costs no copy however large it is;
    from another file system, or on one without hard links, as a copy.
    """

    def __init__(self, root: Path) -> None:
        self.root = root

    @classmethod
    def below(cls, data: str | Path) -> Self:
        """The store of a data folder."""
        return cls(Path(data) / "files")

    def put(self, sha256: str, source: Path) -> None:
        place = self.root / place_of(sha256)
        draft = place.with_name(f".{sha256}-{secrets.token_hex(6)}")
        try:
            if place.exists() and place.stat().st_size == source.stat().st_size:
                return
            place.parent.mkdir(parents=True, exist_ok=True, mode=FOLDER_MODE)
            _second_name(source, draft)
            draft.replace(place)
            _sync_folder(place.parent)
        except OSError as error:
            trouble = OutOfRoom if error.errno in FULL else StorageTrouble
            raise trouble(f"cannot keep an upload as {place}: {error.strerror}") from error
        finally:
            # Left where the copy failed, or where another writer's link to the same file was there first.
            draft.unlink(missing_ok=True)

    def read(self, sha256: str, first: int = 0, last: int | None = None) -> Iterator[bytes]:
        place = self.root / place_of(sha256)
        if not place.exists():
            raise ContentMissing(sha256)
        return _pieces(place, first, last)

    def has(self, sha256: str) -> bool:
        return (self.root / place_of(sha256)).exists()

    def delete(self, sha256: str) -> None:
        (self.root / place_of(sha256)).unlink(missing_ok=True)
        (self.root / QUARANTINE / sha256).unlink(missing_ok=True)

    def quarantine(self, sha256: str) -> None:
        folder = self.root / QUARANTINE
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        place = self.root / place_of(sha256)
        if place.exists():
            place.chmod(0o400)
            place.rename(folder / sha256)

    @contextmanager
    def as_file(self, sha256: str) -> Iterator[Path]:
        place = self.root / place_of(sha256)
        if not place.exists():
            raise ContentMissing(sha256)
        yield place

    def contents(self) -> Iterator[Kept]:
        for place in sorted(self.root.glob("[0-9a-f][0-9a-f]/[0-9a-f][0-9a-f]/*")):
            if len(place.name) == 64:
                facts = place.stat()
                yield Kept(sha256=place.name, size=facts.st_size, modified=facts.st_mtime)

    def check(self) -> None:
        probe = self.root / f".probe-{secrets.token_hex(6)}"
        try:
            self.root.mkdir(parents=True, exist_ok=True, mode=FOLDER_MODE)
            probe.write_bytes(b"1")
            probe.read_bytes()
        except OSError as error:
            raise StorageTrouble(f"{self.root}: {error.strerror}") from error
        finally:
            probe.unlink(missing_ok=True)


def _second_name(source: Path, draft: Path) -> None:
    """Make `draft` the same file as `source`, or a copy of it; on the disk when this returns."""
    try:
        os.link(source, draft)
    except OSError:
        shutil.copyfile(source, draft)
    draft.chmod(CONTENT_MODE)
    with draft.open("rb") as whole:
        os.fsync(whole.fileno())


def _sync_folder(folder: Path) -> None:
    """Make the rename survive a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _pieces(place: Path, first: int, last: int | None) -> Iterator[bytes]:
    """Opened with the first piece, so that an answer nobody reads holds no file open."""
    with place.open("rb", buffering=0) as content:
        position = first
        while last is None or position <= last:
            piece = os.pread(content.fileno(), CHUNK if last is None else min(CHUNK, last - position + 1), position)
            if not piece:
                return
            position += len(piece)
            yield piece
