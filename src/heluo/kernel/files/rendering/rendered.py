"""What a content looks like: asks a bounded helper and says in a sentence what went wrong."""

import json
import re
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import imageio_ffmpeg
from django.utils.translation import gettext as _

from heluo.kernel.files.enums import FileKind
from heluo.kernel.files.kinds import Format
from heluo.kernel.files.limits import (
    IMAGE_PIXELS,
    PREVIEW_WIDTHS,
    PREVIEWED_PAGES,
    TEXT_LENGTH,
    TEXT_PAGES,
)
from heluo.kernel.files.rendering.office import as_pdf
from heluo.kernel.files.rendering.programs import Unrenderable, run_bounded

HERE = Path(__file__).parent
POSTER_AFTER = 0.1
"""Where the poster is taken, as a part of the length: the first picture is often black."""
_DURATION = re.compile(r"Duration: (\d+):(\d\d):(\d\d\.\d+)")
_VIDEO = re.compile(r"Stream #\S+.*?: Video: (\w+)[^\n]*?, (\d{1,5})x(\d{1,5})")
_AUDIO = re.compile(r"Stream #\S+.*?: Audio: (\w+)")
_ROTATION = re.compile(r"rotation of (-?\d+)")


@dataclass(frozen=True, slots=True)
class Picture:
    """One preview as it lies in the working folder. Sizes in pixels."""

    role: str
    number: int
    place: Path
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Rendered:
    """What was read from a content."""

    pictures: tuple[Picture, ...] = ()
    width: int | None = None
    height: int | None = None
    duration_ms: int | None = None
    codec: str = ""
    page_count: int | None = None
    text: str = ""


def render(source: Path, form: Format, folder: Path) -> Rendered:
    """Previews of a content into a working folder. Raises `Unrenderable`."""
    if form.kind == FileKind.OFFICE:
        return _drawn("pdf", as_pdf(source, form, folder), folder)
    if form.kind in {FileKind.IMAGE, FileKind.PDF}:
        return _drawn("pdf" if form.kind == FileKind.PDF else "image", source, folder)
    return _media(source, form, folder)


def _sentence(error: str) -> str:
    return {
        "password": _("文档有打开密码，不能生成预览；仍可下载原文件。"),
        "too_large": _("图像尺寸过大，没有生成预览；仍可下载原文件。"),
    }.get(error, _("文件内容已损坏，不能生成预览。请检查原文件。"))


def _drawn(kind: str, source: Path, folder: Path) -> Rendered:
    limits = {
        "pixels": IMAGE_PIXELS,
        "widths": PREVIEW_WIDTHS,
        "pages": PREVIEWED_PAGES,
        "text_pages": TEXT_PAGES,
        "text_length": TEXT_LENGTH,
    }
    status, output, _complaints = run_bounded(
        sys.executable, "-I", str(HERE / "draw.py"), kind, str(source), str(folder), json.dumps(limits)
    )
    try:
        facts: dict[str, Any] = json.loads(output)
    except ValueError:
        facts = {"error": "too_large" if status in {-9, -24, 1} else "damaged"}
    if "error" in facts:
        raise Unrenderable(_sentence(facts["error"]))
    pictures = tuple(
        Picture(item["role"], item["number"], folder / item["file"], item["width"], item["height"])
        for item in facts.pop("pictures")
    )
    return Rendered(pictures=pictures, **facts)


def _ffmpeg(*arguments: str) -> tuple[int, str]:
    status, _output, complaints = run_bounded(
        imageio_ffmpeg.get_ffmpeg_exe(), "-hide_banner", "-nostdin", "-threads", "1", *arguments
    )
    return status, complaints


def _input(source: Path, form: Format) -> tuple[str, ...]:
    """Read this file with this demuxer and nothing else: no playlist, no network, no second file."""
    return ("-protocol_whitelist", "file", "-f", form.demuxer, "-i", f"file:{source}")


def _media(source: Path, form: Format, folder: Path) -> Rendered:
    _status, said = _ffmpeg(*_input(source, form))
    length = _DURATION.search(said)
    video, audio = _VIDEO.search(said), _AUDIO.search(said)
    if not video and not audio:
        raise Unrenderable(_("其中没有能识别的声音或画面，可能已损坏。请检查原文件。"))
    duration = int(length[1]) * 3600 + int(length[2]) * 60 + float(length[3]) if length else None
    facts = Rendered(
        duration_ms=round(duration * 1000) if duration is not None else None,
        codec=(video or audio)[1],  # type: ignore[index]  # one of the two is there
    )
    if not video or form.kind != FileKind.VIDEO:
        return facts
    width, height = int(video[2]), int(video[3])
    turned = _ROTATION.search(said)
    if turned and int(turned[1]) % 180:
        width, height = height, width
    still = folder / "still.png"
    for at in ((duration or 0) * POSTER_AFTER, 0):
        _ffmpeg("-ss", f"{at:.3f}", *_input(source, form), "-map", "0:v:0", "-frames:v", "1", "-y", str(still))
        if still.exists() and still.stat().st_size:
            break
    else:
        raise Unrenderable(_("视频画面不能解码，没有封面；如果浏览器也不能播放，请转为 H.264 的 MP4 后重新上传。"))
    return replace(facts, width=width, height=height, pictures=_drawn("image", still, folder).pictures)
