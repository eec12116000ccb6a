"""ZIP archives as this house opens them: looked through whole before anything is read, then read entry by entry.

Nothing is ever unpacked into a folder: an entry is read from where it lies in the archive (APPNOTE.TXT, 4.3), so a path
in it is never a path of ours. It is refused all the same where it would lead out of a folder, for whoever unpacks it.
"""

import io
import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import BinaryIO, cast

from django.utils.translation import gettext as _

from heluo.kernel.files.limits import (
    DEEPEST_PATH,
    LARGE_ENTRY,
    LONGEST_PATH,
    MOST_ENTRIES,
    MOST_RATIO,
    MOST_UNPACKED,
)
from heluo.kernel.files.storage import current_storage

LOCAL_HEADER = struct.Struct("<4s22xHH")
LOCAL_SIGNATURE = b"PK\x03\x04"
ENCRYPTED = 0x1 | 0x40
"""Bits of the flags that say an entry, or the whole directory, is encrypted."""
IN_UTF8 = 0x800
READ_AT_ONCE = 256 * 1024
KEPT_INDEXES = 16
_DRIVE = re.compile(r"[A-Za-z]:")
Read = Callable[[int, int], Iterator[bytes]]
"""Bytes of a content from a first to a last one, both included."""


class Unsafe(ValueError):
    """An archive that is not opened; the text says why, to whoever brought it."""


class Unreadable(ValueError):
    """An entry that is not what the directory says."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A file inside an archive: where it begins there, and how large it is packed and unpacked."""

    path: str
    offset: int
    packed: int
    size: int
    is_deflated: bool
    crc: int


Index = Mapping[str, Entry]


def paths_in(archive: zipfile.ZipFile) -> list[str]:
    """What an archive calls its files, harmless or not."""
    return [path for path in map(_path, archive.infolist()) if not path.endswith("/")]


def look_through(archive: zipfile.ZipFile) -> dict[str, Entry]:
    """The files of an archive by path, once all of its directory was found harmless. Raises `Unsafe`."""
    infos = archive.infolist()
    if len(infos) > MOST_ENTRIES:
        raise Unsafe(_("其中有 {count} 个文件，最多 {most} 个。").format(count=len(infos), most=MOST_ENTRIES))
    found: dict[str, Entry] = {}
    for info in infos:
        path = _path(info)
        _require_harmless(info, path)
        if path.endswith("/"):
            continue
        if path in found:
            raise Unsafe(_("其中有两个同名的文件“{path}”。").format(path=path))
        found[path] = Entry(
            path=path,
            offset=info.header_offset,
            packed=info.compress_size,
            size=info.file_size,
            is_deflated=info.compress_type == zipfile.ZIP_DEFLATED,
            crc=info.CRC,
        )
    _require_bounded(list(found.values()), end=archive.start_dir)
    return found


def _path(info: zipfile.ZipInfo) -> str:
    """As the directory has it: old Chinese archives are GB 18030 and say nothing, and some write `\\` for `/`."""
    name = info.orig_filename
    if not info.flag_bits & IN_UTF8 and not name.isascii():
        raw = name.encode("cp437")
        for encoding in ("utf-8", "gb18030"):
            try:
                name = raw.decode(encoding)
                break
            except UnicodeDecodeError:
                continue
    return name.replace("\\", "/").removeprefix("./")


def _require_harmless(info: zipfile.ZipInfo, path: str) -> None:
    shown = path[:80].replace("\0", "")
    parts = path.removesuffix("/").split("/")
    if info.flag_bits & ENCRYPTED:
        raise Unsafe(_("它有打开密码或已加密，不能查毒和打开。请去掉密码后重新打包。"))
    if info.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
        raise Unsafe(_("“{path}”用了不常见的压缩方法。请用普通的 ZIP 格式重新打包。").format(path=shown))
    if "\0" in path or not path or path.startswith("/") or _DRIVE.match(path) or {"", ".", ".."} & set(parts):
        raise Unsafe(_("其中有指向压缩包之外的文件名“{path}”。").format(path=shown))
    if len(path) > LONGEST_PATH or len(parts) > DEEPEST_PATH:
        raise Unsafe(_("其中的文件名太长或文件夹太深：“{path}”。").format(path=shown))
    if stat.S_IFMT(info.external_attr >> 16) not in {0, stat.S_IFREG, stat.S_IFDIR}:
        raise Unsafe(_("“{path}”是链接或设备，不是普通文件。").format(path=shown))


def _require_bounded(entries: list[Entry], *, end: int) -> None:
    """No entry unfolds out of proportion, and none shares its bytes with another, as in bombs that nest nothing."""
    if sum(entry.size for entry in entries) > MOST_UNPACKED:
        raise Unsafe(_("解开后太大，超过 {most} GB。").format(most=MOST_UNPACKED // 1024**3))
    for entry in entries:
        if entry.size > LARGE_ENTRY and entry.size > entry.packed * MOST_RATIO:
            raise Unsafe(_("“{path}”解开后会膨胀得异常大。").format(path=entry.path[:80]))
        if not entry.is_deflated and entry.size != entry.packed:
            raise Unsafe(_("压缩包的目录前后矛盾。"))
    entries = sorted(entries, key=lambda entry: entry.offset)
    starts = [entry.offset for entry in entries[1:]] + [end]
    for entry, following in zip(entries, starts, strict=False):
        if entry.offset < 0 or entry.offset + LOCAL_HEADER.size + entry.packed > following:
            raise Unsafe(_("压缩包的目录前后矛盾。"))


def unpacked(read: Read, entry: Entry, first: int = 0, last: int | None = None) -> Iterator[bytes]:
    """Bytes of an entry from a first to a last one, both included, in pieces; never more than the directory says.

    Raises `Unreadable` where the archive does not hold what its directory says; a whole entry is checked by its CRC.
    """
    last = entry.size - 1 if last is None else min(last, entry.size - 1)
    if entry.size == 0 or first > last:
        return
    signature, name_length, extra_length = LOCAL_HEADER.unpack(
        b"".join(read(entry.offset, entry.offset + LOCAL_HEADER.size - 1))
    )
    if signature != LOCAL_SIGNATURE:
        raise Unreadable(entry.path)
    start = entry.offset + LOCAL_HEADER.size + name_length + extra_length
    if not entry.is_deflated:
        yield from read(start + first, start + last)
        return
    position, crc = 0, 0
    for piece in _inflated(read(start, start + entry.packed - 1), entry):
        crc = zlib.crc32(piece, crc)
        wanted = piece[max(0, first - position) : max(0, last + 1 - position)]
        position += len(piece)
        if position == entry.size and crc != entry.crc:
            raise Unreadable(entry.path)
        if wanted:
            yield wanted
        if position > last:
            return
    raise Unreadable(entry.path)


def _inflated(packed: Iterator[bytes], entry: Entry) -> Iterator[bytes]:
    """What deflated bytes unfold to, a bounded piece at a time, up to the size the directory tells."""
    inflating, left = zlib.decompressobj(-zlib.MAX_WBITS), entry.size
    try:
        for piece in packed:
            waiting = piece
            while waiting and left:
                out = inflating.decompress(waiting, min(READ_AT_ONCE, left))
                left -= len(out)
                if out:
                    yield out
                waiting = inflating.unconsumed_tail
                if inflating.eof:
                    return
        while left and (out := inflating.decompress(inflating.unconsumed_tail, min(READ_AT_ONCE, left))):
            left -= len(out)
            yield out
    except zlib.error:
        raise Unreadable(entry.path) from None


def reader_of(file: BinaryIO) -> Read:
    """The bytes of a local archive."""

    def read(first: int, last: int) -> Iterator[bytes]:
        file.seek(first)
        yield file.read(last - first + 1)

    return read


class _Stored(io.RawIOBase):
    """A content of the store as a file that can be sought in; only what is asked for is fetched."""

    def __init__(self, sha256: str, size: int) -> None:
        self.sha256, self.size, self.position = sha256, size, 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self.position, io.SEEK_END: self.size}[whence]
        self.position = max(0, base + offset)
        return self.position

    def tell(self) -> int:
        return self.position

    def readinto(self, buffer: object) -> int:
        view = memoryview(cast("bytearray", buffer))
        last = min(self.position + len(view), self.size) - 1
        if last < self.position:
            return 0
        body = b"".join(current_storage().read(self.sha256, self.position, last))
        view[: len(body)] = body
        self.position += len(body)
        return len(body)


@lru_cache(maxsize=KEPT_INDEXES)
def stored_index(sha256: str, size: int) -> Index:
    """The files of an archive in the store. A content never changes, so what was read once stays true.

    Raises `Unsafe`, `Unreadable`, `ContentMissing`, `StorageTrouble`.
    """
    try:
        with zipfile.ZipFile(io.BufferedReader(_Stored(sha256, size), READ_AT_ONCE)) as archive:
            return look_through(archive)
    except (zipfile.BadZipFile, ValueError) as error:
        if isinstance(error, Unsafe):
            raise
        raise Unreadable(sha256) from error
