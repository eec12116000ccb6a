"""Small real media, made when asked for: nothing of it is committed."""

import struct
import subprocess
import tempfile
import zipfile
import zlib
from functools import cache
from io import BytesIO
from pathlib import Path

import imageio_ffmpeg
import pypdfium2
from PIL import Image


def ffmpeg(*arguments: str, ending: str) -> bytes:
    """What ffmpeg makes of test sources, as bytes."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / f"made.{ending}"
        command = [imageio_ffmpeg.get_ffmpeg_exe(), "-hide_banner", "-loglevel", "error", *arguments, str(place)]
        subprocess.run(command, check=True, timeout=60)
        return place.read_bytes()


@cache
def video(seconds: int = 2) -> bytes:
    """320×180 with a tone, H.264 in MP4."""
    return ffmpeg(
        *("-f", "lavfi", "-i", f"testsrc=size=320x180:rate=10:duration={seconds}"),
        *("-f", "lavfi", "-i", f"sine=frequency=440:duration={seconds}"),
        *("-c:v", "libx264", "-pix_fmt", "yuv420p", "-c:a", "aac", "-movflags", "+faststart"),
        ending="mp4",
    )


@cache
def webm() -> bytes:
    source = ("-f", "lavfi", "-i", "testsrc=size=160x90:rate=5:duration=1")
    return ffmpeg(*source, "-c:v", "libvpx", ending="webm")


@cache
def quicktime() -> bytes:
    return ffmpeg("-f", "lavfi", "-i", "testsrc=duration=0.2", "-c:v", "libx264", ending="mov")


@cache
def bare_mp3() -> bytes:
    """Frames from the first byte on, without a tag."""
    return ffmpeg("-f", "lavfi", "-i", "sine=duration=1", "-id3v2_version", "0", "-write_xing", "0", ending="mp3")


@cache
def sound(ending: str = "mp3") -> bytes:
    return ffmpeg("-f", "lavfi", "-i", "sine=frequency=440:duration=1", ending=ending)


@cache
def image(form: str = "PNG", size: tuple[int, int] = (1600, 900)) -> bytes:
    made = BytesIO()
    Image.linear_gradient("L").resize(size).convert("RGB").save(made, form)
    return made.getvalue()


@cache
def photo_with_place() -> bytes:
    """A JPEG that carries a camera's name, turned by its orientation mark."""
    made = BytesIO()
    picture = Image.linear_gradient("L").resize((800, 600)).convert("RGB")
    facts = Image.Exif()
    facts[0x010F] = "SecretCamera"
    facts[0x0112] = 6
    picture.save(made, "JPEG", exif=facts)
    return made.getvalue()


@cache
def pdf(pages: int = 3, words: str = "Heluo lesson") -> bytes:
    """A document with a line of text on every page, written by hand: the standard fonts need no file."""
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Count {pages} /Kids [{' '.join(f'{4 + 2 * n} 0 R' for n in range(pages))}] >>".encode(),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    for number in range(pages):
        stream = f"BT /F1 24 Tf 72 700 Td ({words} {number + 1}) Tj ET".encode()
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] "
            + f"/Resources << /Font << /F1 3 0 R >> >> /Contents {5 + 2 * number} 0 R >>".encode()
        )
        objects.append(f"<< /Length {len(stream)} >>\nstream\n".encode() + stream + b"\nendstream")
    out = bytearray(b"%PDF-1.4\n")
    places = []
    for number, body in enumerate(objects, start=1):
        places.append(len(out))
        out += f"{number} 0 obj\n".encode() + body + b"\nendobj\n"
    start = len(out)
    out += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode()
    out += b"".join(f"{place:010} 00000 n \n".encode() for place in places)
    out += f"trailer << /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n".encode()
    assert len(pypdfium2.PdfDocument(bytes(out))) == pages
    return bytes(out)


def archive(**members: str) -> bytes:
    """A ZIP; keyword names stand for paths, with `__` for `/` and `_dot_` for a full stop."""
    made = BytesIO()
    with zipfile.ZipFile(made, "w") as target:
        for name, text in members.items():
            target.writestr(name.replace("__", "/").replace("_dot_", "."), text)
    return made.getvalue()


def document(folder: str) -> bytes:
    """The bones of an office document: `word`, `ppt` or `xl`."""
    made = BytesIO()
    with zipfile.ZipFile(made, "w") as target:
        target.writestr("[Content_Types].xml", "<Types/>")
        target.writestr(f"{folder}/main.xml", "<x/>")
    return made.getvalue()


def open_document(kind: str) -> bytes:
    made = BytesIO()
    with zipfile.ZipFile(made, "w") as target:
        target.writestr("mimetype", f"application/vnd.oasis.opendocument.{kind}")
        target.writestr("content.xml", "<x/>")
    return made.getvalue()


def old_office(stream: str) -> bytes:
    """A compound file as far as its directory entry."""
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 1000 + stream.encode("utf-16-le") + b"\0" * 600


def picture_bomb() -> bytes:
    """A PNG of a few hundred bytes that claims 60,000 × 60,000 pixels."""
    tiny = bytearray(image("PNG", (8, 8)))
    tiny[16:24] = struct.pack(">II", 60_000, 60_000)
    tiny[29:33] = struct.pack(">I", zlib.crc32(bytes(tiny[12:29])))
    return bytes(tiny)


SCRIPT = "<script>fetch('/session-thief?c='+document.cookie)</script>"
HTML = f"<!doctype html><html><body>{SCRIPT}</body></html>".encode()
SVG = f'<svg xmlns="http://www.w3.org/2000/svg" width="10" height="10">{SCRIPT}</svg>'.encode()


_WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"


def word(*paragraphs: str) -> bytes:
    """A Word document as ISO/IEC 29500 has it."""
    body = "".join(f"<w:p><w:r><w:t>{each}</w:t></w:r></w:p>" for each in paragraphs)
    return archive(
        **{
            "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types">'
            '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            '<Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument'
            '.wordprocessingml.document.main+xml"/></Types>',
            "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
            f'<Relationship Id="rId1" Type="{_OFFICE}" Target="word/document.xml"/></Relationships>',
            "word/document.xml": f'<w:document xmlns:w="{_WORD}"><w:body>{body}</w:body></w:document>',
        }
    )
