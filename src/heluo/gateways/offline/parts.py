"""The bytes of a package: one tape (tar, GNU format) cut into parts of equal size. `cat part-*.bin | tar t` reads it.

Where each file begins follows from the sizes before it, so that a package can be written from any byte on.
"""

import os
import tarfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from io import BufferedReader, RawIOBase
from pathlib import Path
from typing import Any

from heluo.gateways.offline.errors import ContentForged, ContentLost, ManifestMalformed, PartDamaged, PartMissing
from heluo.gateways.offline.protocol import Manifest, Member, Part, part_name

BLOCK = tarfile.BLOCKSIZE
END = bytes(2 * BLOCK)
CHUNK = 1024 * 1024
MOST_NAMED = 5
Opened = Callable[[Member], Iterator[bytes]]


@dataclass(frozen=True, slots=True)
class Place:
    """Where the bytes of a member lie in the tape."""

    member: Member
    start: int

    @property
    def end(self) -> int:
        return self.start + self.member.size

    @property
    def next_header(self) -> int:
        return self.end + -self.end % BLOCK


def laid_out(members: Sequence[Member]) -> list[Place]:
    places, header = [], 0
    for member in members:
        place = Place(member, header + BLOCK)
        places.append(place)
        header = place.next_header
    return places


def length_of(members: Sequence[Member]) -> int:
    places = laid_out(members)
    return (places[-1].next_header if places else 0) + len(END)


def tape(members: Sequence[Member], *, opened: Opened, at: int, written_at: int) -> Iterator[bytes]:
    """The tape from a byte on. Each content is read once, and hashed on the way. Refusal: ContentLost."""
    for place in laid_out(members):
        if place.next_header > at:
            yield from _after(_header(place.member, written_at), at - (place.start - BLOCK))
            if place.end > at:
                yield from _checked(place.member, opened(place.member), at - place.start)
            yield from _after(bytes(place.next_header - place.end), at - place.end)
    yield from _after(END, at - (length_of(members) - len(END)))


def _header(member: Member, written_at: int) -> bytes:
    told = tarfile.TarInfo(member.path)
    told.size, told.mtime, told.mode = member.size, written_at, 0o444
    return told.tobuf(tarfile.GNU_FORMAT)


def _after(piece: bytes, skip: int) -> Iterator[bytes]:
    if rest := piece[max(0, skip) :]:
        yield rest


def _checked(member: Member, pieces: Iterator[bytes], skip: int) -> Iterator[bytes]:
    digest, size = sha256(), 0
    for piece in pieces:
        digest.update(piece)
        size += len(piece)
        if size > member.size:
            raise ContentLost(name=member.shown)
        yield from _after(piece, skip - (size - len(piece)))
    if digest.hexdigest() != member.sha256 or size != member.size:
        raise ContentLost(name=member.shown)


def write_parts(folder: Path, pieces: Iterator[bytes], *, size: int, first: int) -> Iterator[tuple[int, Part]]:
    """Write parts as long as there are bytes. A part has its name once it is whole and on the disk."""
    rest, number = memoryview(b""), first
    while rest := rest or memoryview(next(pieces, b"")):
        digest, room = sha256(), size
        draft = folder / f".{part_name(number)}.draft"
        with draft.open("wb", buffering=0) as out:
            while room and (rest := rest or memoryview(next(pieces, b""))):
                piece = rest[:room]
                done = out.write(piece)
                digest.update(piece[:done])
                rest, room = rest[done:], room - done
            os.fsync(out.fileno())
        settle(draft, folder / part_name(number))
        yield number, Part(size=size - room, sha256=digest.hexdigest())
        number += 1


def settle(draft: Path, place: Path) -> None:
    """Give a file that is on the disk its name, so that this too survives a power cut."""
    draft.replace(place)
    handle = os.open(place.parent, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def is_whole(folder: Path, number: int, part: Part) -> bool:
    """Whether a part is there as it was written."""
    place = folder / part_name(number)
    try:
        if place.stat().st_size != part.size:
            return False
        with place.open("rb", buffering=0) as opened:
            digest = sha256()
            while piece := opened.read(CHUNK):
                digest.update(piece)
    except OSError:
        return False
    return digest.hexdigest() == part.sha256


class Stick:
    """A package to read from."""

    def __init__(self, folder: Path, manifest: Manifest) -> None:
        self.folder, self.manifest = folder, manifest
        self.places = laid_out(manifest.members)

    def verify(self) -> None:
        """Read every byte once: each part must be what was signed, and so must each content.

        Refusals: ManifestMalformed, PartMissing, PartDamaged, ContentForged.
        """
        sizes = [part.size for part in self.manifest.parts]
        if sum(sizes) != length_of(self.manifest.members) or set(sizes[:-1]) - {self.manifest.part_size}:
            raise ManifestMalformed
        for number, part in enumerate(self.manifest.parts, 1):
            if not (self.folder / part_name(number)).is_file():
                raise PartMissing(number=number, name=part_name(number), size=part.size)
        contents = _Contents(self.places)
        for number, part in enumerate(self.manifest.parts, 1):
            if not self._is_right(number, part, contents):
                raise PartDamaged(number=number, name=part_name(number), contents=self._within(number, contents))
        if contents.wrong:
            raise ContentForged(contents=_named(contents.wrong))

    def _is_right(self, number: int, part: Part, contents: "_Contents") -> bool:
        digest, size = sha256(), 0
        try:
            with (self.folder / part_name(number)).open("rb", buffering=0) as opened:
                while size <= part.size and (piece := opened.read(CHUNK)):
                    digest.update(piece)
                    contents.feed(memoryview(piece))
                    size += len(piece)
        except OSError:
            return False
        return size == part.size and digest.hexdigest() == part.sha256

    def _within(self, number: int, contents: "_Contents") -> str:
        """The contents of a part that are wrong; one that goes on in the next part is told, too."""
        first, last = self.manifest.part_size * (number - 1), self.manifest.part_size * number
        inside = [place.member for place in self.places if place.start < last and place.end > first]
        right = [member for member in inside if member.path in contents.right]
        return _named([member for member in inside if member not in right]) or part_name(number)

    def opened(self, place: Place) -> BufferedReader:
        """A member to read, as a file."""
        return BufferedReader(_Region(self._bytes(place.start, place.end)), CHUNK)

    def _bytes(self, position: int, end: int) -> Iterator[bytes]:
        size = self.manifest.part_size
        while position < end:
            number, offset = position // size + 1, position % size
            with (self.folder / part_name(number)).open("rb", buffering=0) as opened:
                opened.seek(offset)
                while position < min(end, number * size):
                    piece = opened.read(min(CHUNK, end - position, number * size - position))
                    if not piece:
                        raise PartDamaged(number=number, name=part_name(number), contents=part_name(number))
                    position += len(piece)
                    yield piece


class _Region(RawIOBase):
    """Pieces, as a file to read."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self.pieces, self.rest = pieces, memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, room: Any, /) -> int:
        into = memoryview(room)
        self.rest = self.rest or memoryview(next(self.pieces, b""))
        piece, self.rest = self.rest[: len(into)], self.rest[len(into) :]
        into[: len(piece)] = piece
        return len(piece)


class _Contents:
    """Hashes members while the tape goes by."""

    def __init__(self, places: Sequence[Place]) -> None:
        self.places, self.index, self.position = places, 0, 0
        self.digest = sha256()
        self.wrong: list[Member] = []
        self.right: set[str] = set()

    def feed(self, piece: memoryview) -> None:
        while piece and self.index < len(self.places):
            place = self.places[self.index]
            if self.position < place.start:
                passed = min(len(piece), place.start - self.position)
            else:
                passed = min(len(piece), place.end - self.position)
                self.digest.update(piece[:passed])
            piece, self.position = piece[passed:], self.position + passed
            if self.position == place.end:
                self._close(place.member)

    def _close(self, member: Member) -> None:
        if self.digest.hexdigest() == member.sha256:
            self.right.add(member.path)
        else:
            self.wrong.append(member)
        self.digest, self.index = sha256(), self.index + 1


def _named(members: Sequence[Member]) -> str:
    named = "、".join(member.shown for member in members[:MOST_NAMED])
    return f"{named}…" if len(members) > MOST_NAMED else named
