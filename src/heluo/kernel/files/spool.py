"""Where arriving bytes lie until the file is whole: `DATA/files/incoming/<uuid>`, one writer at a time.

The count of received bytes is the length of the file itself, so that no crash can make the two differ. The writer holds
a lock of the file system, not of a row: an upload may take an hour, and an open transaction of an hour would hold back
every consumer of the change log. The lock dies with its process.

The file stays until the stored file is committed, so whatever kills its process leaves it there to be finished. By then
the store may already keep it under a second name; that is safe because a whole file takes no further byte.
"""

import fcntl
import hashlib
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import UUID

from django.conf import settings

from heluo.kernel.files.errors import ChecksumMismatch, StorageFull, UploadBusy, UploadGone, WrongOffset
from heluo.kernel.files.limits import FREE_SPACE_RESERVE
from heluo.kernel.files.storage.interface import CHUNK
from heluo.kernel.files.storage.local import FOLDER_MODE, FULL

MODE = 0o640
Read = Callable[[int], bytes]
"""Gives up to so many bytes; none at the end."""


def spool_folder() -> Path:
    return Path(settings.DATA) / "files" / "incoming"


def place_for(upload: UUID) -> Path:
    folder = spool_folder()
    folder.mkdir(parents=True, exist_ok=True, mode=FOLDER_MODE)
    return folder / str(upload)


def received(upload: UUID) -> int:
    """Bytes received so far. Raises `UploadGone` where there is no file (any more)."""
    try:
        return place_for(upload).stat().st_size
    except FileNotFoundError:
        raise UploadGone from None


def is_whole(upload: UUID, *, size: int, quiet_since: datetime) -> bool:
    """Whether all bytes lie here and the last of them came before an instant."""
    try:
        facts = place_for(upload).stat()
    except FileNotFoundError:
        return False
    return facts.st_size >= size and facts.st_mtime < quiet_since.timestamp()


def drop(upload: UUID) -> None:
    place_for(upload).unlink(missing_ok=True)


def require_room(size: int) -> None:
    """Refuse before the first byte what cannot fit."""
    if shutil.disk_usage(place_for(UUID(int=0)).parent).free < size + FREE_SPACE_RESERVE:
        raise StorageFull


@dataclass(frozen=True, slots=True)
class Checksum:
    """What a piece must hash to."""

    algorithm: str
    digest: bytes


class Spooled:
    """An arriving file that this process alone may write to."""

    def __init__(self, handle: int, place: Path) -> None:
        self.handle = handle
        self.place = place
        self._hash = hashlib.sha256()
        self._hashed = 0

    @property
    def size(self) -> int:
        return os.fstat(self.handle).st_size

    def append(self, read: Read, *, offset: int, most: int, checksum: Checksum | None = None) -> int:
        """Write what `read` gives, from `offset` on, at most `most` bytes; give back the new length.

        What arrived before the sender fell silent is kept. With a checksum a piece counts whole or not at all.
        Raises `WrongOffset`, `ChecksumMismatch`, `StorageFull` (what fitted is kept).
        """
        if offset != self.size:
            raise WrongOffset(offset=self.size)
        check = hashlib.new(checksum.algorithm, usedforsecurity=False) if checksum else None
        in_step = self._hashed == offset
        position = offset
        try:
            while position - offset < most and (piece := read(min(CHUNK, most - position + offset))):
                position += self._write(piece, position)
                if check:
                    check.update(piece)
                if in_step:
                    self._hash.update(piece)
                    self._hashed = position
        except OSError as error:
            if error.errno not in FULL:
                raise
            if check:
                self._cut(offset)
            raise StorageFull from error
        if check and checksum and check.digest() != checksum.digest:
            self._cut(offset)
            raise ChecksumMismatch
        return position

    def sync(self) -> None:
        """Make what was written survive a power cut."""
        os.fsync(self.handle)

    def forget(self) -> None:
        """Throw away what arrived: it is not what it should be."""
        self._cut(0)

    def _write(self, piece: bytes, position: int) -> int:
        view = memoryview(piece)
        done = 0
        while done < len(view):
            done += os.pwrite(self.handle, view[done:], position + done)
        return done

    def _cut(self, size: int) -> None:
        """Forget everything from `size` on."""
        os.ftruncate(self.handle, size)
        if self._hashed > size:
            self._hash, self._hashed = hashlib.sha256(), 0

    def sha256(self) -> str:
        """The hash of the whole: known already where all bytes came in one go, else read back once, in order."""
        while piece := os.pread(self.handle, CHUNK, self._hashed):
            self._hash.update(piece)
            self._hashed += len(piece)
        return self._hash.hexdigest()


def begin(upload: UUID) -> None:
    """Make the empty file that an upload grows in."""
    place_for(upload).touch(mode=MODE)


@contextmanager
def held(upload: UUID) -> Iterator[Spooled]:
    """The arriving file, for one writer.

    Raises `UploadBusy` while another process or thread writes, `UploadGone` where there is none (any more).
    """
    place = place_for(upload)
    try:
        handle = _opened(place)
    except FileNotFoundError:
        raise UploadGone from None
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise UploadBusy from None
        if not _still_at(place, handle):
            # Between opening and locking another writer finished the upload, or gave it up.
            raise UploadGone
        yield Spooled(handle, place)
    finally:
        os.close(handle)


def _opened(place: Path) -> int:
    try:
        return os.open(place, os.O_RDWR | os.O_CLOEXEC)
    except PermissionError:
        # The store had taken it, read-only, when its process died. A lock over NFS needs a file open for writing.
        place.chmod(MODE)
        return os.open(place, os.O_RDWR | os.O_CLOEXEC)


def _still_at(place: Path, handle: int) -> bool:
    try:
        return place.stat().st_ino == os.fstat(handle).st_ino
    except FileNotFoundError:
        return False
