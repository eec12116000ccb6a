"""What a file is, read from its content alone: never from its name, never from what the browser says.

Signatures are those the formats' standards give (ISO/IEC 14496-12 for MP4, RFC 9559 for Matroska, RFC 2083 for PNG,
ISO 32000 for PDF, APPNOTE.TXT for ZIP …); containers are opened far enough to tell their inhabitants apart.
"""

import mmap
import re
import struct
import zipfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, cast

from django.utils.translation import gettext as _

from heluo.kernel.files.archives import Entry, Unsafe, look_through, paths_in, reader_of, unpacked
from heluo.kernel.files.enums import CoursewareKind, FileKind
from heluo.kernel.files.errors import ArchiveRefused, FileDamaged, KindNotAccepted, KindNotWanted, Mislabelled
from heluo.kernel.files.kinds import BY_EXTENSION, BY_MEDIA_TYPE, CARTRIDGE, H5P, SCORM, Format
from heluo.kernel.files.manifests import Broken, Manifest, is_courseware, manifest_of
from heluo.kernel.files.names import extension_of

_PACKED_AS = {
    CoursewareKind.H5P: H5P,
    CoursewareKind.SCORM12: SCORM,
    CoursewareKind.SCORM2004: SCORM,
    CoursewareKind.CARTRIDGE: CARTRIDGE,
}
HEAD = 64 * 1024
TAIL = 1024 * 1024
LARGEST_DIRECTORY = 32 * 1024 * 1024
"""Bytes of the list of contents of a ZIP that is still opened: a crafted one could fill the memory."""
_BOX_AT_START = frozenset({b"moov", b"mdat", b"wide", b"free", b"skip"})
_PLAYABLE_BRANDS = (
    *(b"isom", b"iso2", b"iso3", b"iso4", b"iso5", b"iso6", b"iso7", b"iso8", b"iso9", b"mp41", b"mp42", b"avc1"),
    *(b"dash", b"M4V ", b"M4VH", b"M4VP", b"MSNV", b"F4V ", b"3gp4", b"3gp5", b"3gp6", b"3g2a", b"mmp4"),
)
_OFFICE_FOLDERS = {"word/": "docx", "ppt/": "pptx", "xl/": "xlsx"}
_OLE_STREAMS = {"WordDocument": "doc", "PowerPoint Document": "ppt", "Workbook": "xls", "Book": "xls"}
_MARKUP = re.compile(
    rb"<(!doctype\s+html|html|head|body|script|iframe|meta|title|style|img|div|p|a|h[1-6]|table)[\s>/]"
)
_SIGNATURES: tuple[tuple[bytes, str], ...] = (
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"\xff\xd8\xff", "jpg"),
    (b"GIF87a", "gif"),
    (b"GIF89a", "gif"),
    (b"II*\0", "tif"),
    (b"MM\0*", "tif"),
    (b"fLaC", "flac"),
    (b"OggS", "ogg"),
    (b"ID3", "mp3"),
)


class Content:
    """A file seen as bytes, without reading it whole into memory."""

    def __init__(self, file: BinaryIO, view: mmap.mmap) -> None:
        self.file = file
        self.view = view
        self.size = len(view)
        self.head = view[:HEAD]

    def tail(self) -> bytes:
        return self.view[max(0, self.size - TAIL) :]


def accept(place: Path, *, name: str, wanted: tuple[FileKind, ...] = ()) -> Format:
    """The format of a whole file, or the refusal that says why it is not taken.

    Raises `KindNotAccepted`, `KindNotWanted`, `Mislabelled` (the name claims another kind than the content has),
    `FileDamaged` (the end is missing, or the container does not open), `ArchiveRefused` (courseware that could do harm
    where it is opened, or that breaks its own format).
    """
    with place.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as view:
        content = Content(file, view)
        try:
            form, damage = recognise(content)
        except (Unsafe, Broken) as refusal:
            raise ArchiveRefused(name=name, reason=str(refusal)) from None
    claimed = BY_EXTENSION.get(extension_of(name))
    if form is None:
        if damage:
            raise FileDamaged(name=name, reason=damage)
        accepted = "、".join(str(kind.label) for kind in FileKind if kind != FileKind.WEBPAGE)
        raise KindNotAccepted(name=name, accepted=accepted)
    if claimed is not None and _contradicts(claimed, form):
        raise Mislabelled(name=name, claimed=_called(claimed), found=_called(form))
    if damage:
        raise FileDamaged(name=name, reason=damage)
    if wanted and form.kind not in wanted:
        raise KindNotWanted(name=name, kind=form.kind.label, wanted="、".join(str(kind.label) for kind in wanted))
    return form


def _called(form: Format) -> str:
    return _("{kind}（{title}）").format(kind=form.kind.label, title=form.title)


def _contradicts(claimed: Format, found: Format) -> bool:
    """Whether a name says something else than the content, beyond what people honestly mix up.

    Kinds share containers: a sound in an MP4, a package that is an EPUB, courseware that is called a ZIP. A ZIP that is
    called `.h5p` and is none is a lie.
    """
    if claimed.kind == FileKind.COURSEWARE:
        return claimed != found
    return claimed.kind != found.kind and {claimed.kind, found.kind} not in (
        {FileKind.AUDIO, FileKind.VIDEO},
        {FileKind.OFFICE, FileKind.PACKAGE},
        {FileKind.COURSEWARE, FileKind.PACKAGE},
    )


def recognise(content: Content) -> tuple[Format | None, str]:
    """The format, and a sentence where the content is not whole. No format and no sentence: not a kind we take."""
    for signature, extension in _SIGNATURES:
        if content.head.startswith(signature):
            form = BY_EXTENSION[extension]
            return form, _DAMAGE.get(extension, _whole)(content)
    for look in (_riff, _isobmff, _webm, _zip, _ole, _bitmap, _frames, _pdf, _text):
        found = look(content)
        if found is not None:
            return found
    return None, ""


Found = tuple[Format | None, str] | None


def _truncated() -> str:
    return _("文件的结尾缺失，可能没有传完。")


def _whole(content: Content) -> str:
    return ""


def _png_damage(content: Content) -> str:
    return "" if b"IEND" in content.tail() else _truncated()


def _jpeg_damage(content: Content) -> str:
    """Walk the segments to the start of the scan: an end mark in an embedded thumbnail must not count."""
    position = 2
    while position + 4 <= content.size and content.view[position] == 0xFF:
        marker = content.view[position + 1]
        if marker == 0xDA:
            return "" if content.view.find(b"\xff\xd9", position) >= 0 else _truncated()
        if marker == 0xFF or 0xD0 <= marker <= 0xD8:
            position += 1 if marker == 0xFF else 2
            continue
        position += 2 + int.from_bytes(content.view[position + 2 : position + 4], "big")
    return _truncated()


def _gif_damage(content: Content) -> str:
    return "" if content.tail().rstrip(b"\0").endswith(b"\x3b") else _truncated()


_DAMAGE = {"png": _png_damage, "jpg": _jpeg_damage, "gif": _gif_damage}


def _riff(content: Content) -> Found:
    if content.head[:4] != b"RIFF" or content.head[8:12] not in {b"WAVE", b"WEBP"}:
        return None
    form = BY_EXTENSION[content.head[8:12].decode().lower().replace("wave", "wav")]
    announced = int.from_bytes(content.head[4:8], "little")
    # Recorders that were cut off leave 0 or the largest number as length: players take that, and so do we.
    is_cut = announced not in {0, 0xFFFFFFFF} and announced + 8 > content.size + 1
    return form, _truncated() if is_cut else ""


def _isobmff(content: Content) -> Found:
    kind = content.head[4:8]
    if kind == b"ftyp":
        brands = [content.head[8:12]]
        end = min(int.from_bytes(content.head[:4], "big"), len(content.head))
        brands += [content.head[at : at + 4] for at in range(16, end - 3, 4)]
        if brands[0] == b"qt  ":
            form = BY_EXTENSION["mov"]
        elif brands[0].startswith(b"M4A"):
            form = BY_EXTENSION["m4a"]
        elif any(brand in _PLAYABLE_BRANDS for brand in brands):
            form = BY_EXTENSION["mp4"]
        else:
            return None
    elif kind in _BOX_AT_START:
        form = BY_EXTENSION["mov"]
    else:
        return None
    boxes = list(_boxes(content))
    if any(end > content.size for _name, end in boxes):
        return form, _truncated()
    if b"moov" not in {name for name, _end in boxes}:
        return form, _("其中没有可播放的索引（moov），录制或传输可能中断了。")
    return form, ""


def _boxes(content: Content) -> Iterator[tuple[bytes, int]]:
    """Name and end of each box at the top."""
    position = 0
    while position + 8 <= content.size:
        size, name = struct.unpack(">I4s", content.view[position : position + 8])
        if size == 1 and position + 16 <= content.size:
            size = int.from_bytes(content.view[position + 8 : position + 16], "big")
        elif size == 0:
            size = content.size - position
        if size < 8:
            # Padding at the end that is no box; some cameras write it.
            return
        position += size
        yield name, position


def _webm(content: Content) -> Found:
    if content.head[:4] != b"\x1a\x45\xdf\xa3":
        return None
    match = re.search(rb"\x42\x82[\x80-\x8f](webm|matroska)", content.head[:128])
    return (BY_EXTENSION["webm"], "") if match and match[1] == b"webm" else (None, "")


def _zip(content: Content) -> Found:
    if content.head[:4] not in {b"PK\x03\x04", b"PK\x05\x06"}:
        return None
    package = BY_EXTENSION["zip"]
    tail = content.tail()
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or len(tail) < at + 22:
        return package, _truncated()
    if int.from_bytes(tail[at + 12 : at + 16], "little") > LARGEST_DIRECTORY:
        return package, _("压缩包的目录过大。")
    try:
        with zipfile.ZipFile(content.file) as archive:
            return _inhabitant(archive)
    except (Unsafe, Broken):
        raise
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError, RuntimeError):
        return package, _("压缩包打不开。")


def _inhabitant(archive: zipfile.ZipFile) -> tuple[Format | None, str]:
    names = archive.namelist()
    if "mimetype" in names and archive.getinfo("mimetype").file_size < 100:
        said = archive.read("mimetype").decode("latin-1").strip()
        if said in BY_MEDIA_TYPE and BY_MEDIA_TYPE[said].kind in {FileKind.OFFICE, FileKind.PACKAGE}:
            return BY_MEDIA_TYPE[said], ""
    if "[Content_Types].xml" in names:
        if any(name.endswith("vbaProject.bin") for name in names):
            # A document with macros is a program.
            return None, ""
        for folder, extension in _OFFICE_FOLDERS.items():
            if any(name.startswith(folder) for name in names):
                return BY_EXTENSION[extension], ""
    if is_courseware(paths_in(archive)):
        return BY_MEDIA_TYPE[_PACKED_AS[CoursewareKind(_manifest(archive).kind)]], ""
    return BY_EXTENSION["zip"], ""


def _manifest(archive: zipfile.ZipFile) -> Manifest:
    assert archive.fp is not None  # noqa: S101  # it is open
    read = reader_of(cast("BinaryIO", archive.fp))

    def whole(entry: Entry) -> bytes:
        return b"".join(unpacked(read, entry))

    return manifest_of(look_through(archive), whole)


def courseware_in(place: Path) -> Manifest:
    """What a local file that was recognised as courseware says about itself."""
    with zipfile.ZipFile(place) as archive:
        return _manifest(archive)


def _ole(content: Content) -> Found:
    if content.head[:8] != b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
        return None
    for stream, extension in _OLE_STREAMS.items():
        if content.view.find(stream.encode("utf-16-le") + b"\0\0") >= 0:
            return BY_EXTENSION[extension], ""
    return None, ""


def _bitmap(content: Content) -> Found:
    if content.head[:2] != b"BM" or content.size < 26 or content.head[6:10] != b"\0\0\0\0":
        return None
    announced = int.from_bytes(content.head[2:6], "little")
    return BY_EXTENSION["bmp"], _truncated() if announced > content.size else ""


def _frames(content: Content) -> Found:
    """MPEG audio without a tag: two frames in a row, for two bytes alone prove nothing."""
    first = _frame(content.head[:10])
    if first is None:
        return None
    extension, length = first
    following = _frame(content.view[length : length + 10])
    return (BY_EXTENSION[extension], "") if following and following[0] == extension else None


_MP3_RATES = (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 0)
_MP3_RATES_LOW = (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160, 0)
_MP3_SAMPLING = (44100, 48000, 32000, 0)


def _frame(head: bytes) -> tuple[str, int] | None:
    """Extension and length in bytes of the frame that starts here (ISO/IEC 11172-3, 13818-7)."""
    if len(head) < 7 or head[0] != 0xFF or head[1] & 0xE0 != 0xE0:
        return None
    version, layer = head[1] >> 3 & 3, head[1] >> 1 & 3
    if layer == 0 and head[1] & 0xF6 == 0xF0:
        length = (head[3] & 3) << 11 | head[4] << 3 | head[5] >> 5
        return ("aac", length) if length > 7 else None
    if layer != 1 or version == 1:
        return None
    is_low = version != 3
    rate = (_MP3_RATES_LOW if is_low else _MP3_RATES)[head[2] >> 4]
    sampling = _MP3_SAMPLING[head[2] >> 2 & 3] >> {3: 0, 2: 1, 0: 2}[version]
    if not rate or not sampling:
        return None
    return "mp3", (72 if is_low else 144) * rate * 1000 // sampling + (head[2] >> 1 & 1)


def _pdf(content: Content) -> Found:
    if b"%PDF-" not in content.head[:1024]:
        return None
    tail = content.tail()
    return BY_EXTENSION["pdf"], "" if b"%%EOF" in tail and b"startxref" in tail else _truncated()


def _text(content: Content) -> Found:
    found = _decoded(content.head, is_all=content.size <= HEAD)
    if found is None:
        return None
    start = found[0].lstrip("\ufeff \t\r\n")
    lowered = start[:HEAD].lower().encode("utf-8", "replace")
    if "<svg" in start[:4096].lower() and start.startswith("<"):
        return BY_EXTENSION["svg"], ""
    if start.startswith("<") and _MARKUP.search(lowered):
        return BY_EXTENSION["html"], ""
    if start.startswith("<?xml") or re.match(r"<[A-Za-z_][\w.:-]*[\s>/]", start):
        return BY_EXTENSION["xml"], ""
    if _MARKUP.search(lowered) and b"<script" in lowered:
        return BY_EXTENSION["html"], ""
    if start.startswith("WEBVTT"):
        return BY_EXTENSION["vtt"], ""
    return BY_EXTENSION["csv" if _is_table(start) else "txt"], ""


def _decoded(head: bytes, *, is_all: bool) -> tuple[str, str] | None:
    """The beginning as text with its encoding, of those met in China; None where it is no text."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings: tuple[str, ...] = ("utf-16",)
    elif b"\0" in head:
        return None
    else:
        encodings = ("utf-8", "gb18030")
    for encoding in encodings:
        for cut in range(1 if is_all else 4):
            try:
                text = head[: len(head) - cut].decode(encoding)
            except UnicodeDecodeError:
                continue
            is_binary = any(char < " " and char not in "\t\r\n\f\x1b" for char in text)
            return None if is_binary else (text, encoding)
    return None


def charset_of(head: bytes) -> str:
    """The encoding of a text by its beginning (up to `HEAD` bytes)."""
    found = _decoded(head, is_all=len(head) < HEAD)
    return found[1] if found else "utf-8"


def _is_table(text: str) -> bool:
    """Whether the first lines all have the same number of separators, at least one."""
    lines = [line for line in text.splitlines()[:32] if line.strip()]
    if len(lines) < 2:
        return False
    for separator in (",", "\t", ";"):
        counts = Counter(line.count(separator) for line in lines[:-1])
        if len(counts) == 1 and 0 not in counts:
            return True
    return False
