"""Type from content: names and browsers are not believed, damaged files are named."""

from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from heluo.kernel.actors.errors import Refusal
from heluo.kernel.files.enums import FileKind
from heluo.kernel.files.errors import FileDamaged, KindNotAccepted, KindNotWanted, Mislabelled
from heluo.kernel.files.recognition import accept, charset_of
from tests.kernel.files import media

OOXML = "application/vnd.openxmlformats-officedocument"


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return tmp_path / "content"


def known(place: Path, content: bytes, name: str = "没有扩展名") -> str:
    place.write_bytes(content)
    return accept(place, name=name).media_type


@pytest.mark.parametrize(
    ("make", "media_type"),
    [
        (media.video, "video/mp4"),
        (media.webm, "video/webm"),
        (media.quicktime, "video/quicktime"),
        (lambda: media.sound("mp3"), "audio/mpeg"),
        (media.bare_mp3, "audio/mpeg"),
        (lambda: media.sound("m4a"), "audio/mp4"),
        (lambda: media.sound("aac"), "audio/aac"),
        (lambda: media.sound("wav"), "audio/wav"),
        (lambda: media.sound("flac"), "audio/flac"),
        (lambda: media.sound("ogg"), "audio/ogg"),
        (lambda: media.image("PNG"), "image/png"),
        (lambda: media.image("JPEG"), "image/jpeg"),
        (lambda: media.image("GIF"), "image/gif"),
        (lambda: media.image("WEBP"), "image/webp"),
        (lambda: media.image("BMP"), "image/bmp"),
        (lambda: media.image("TIFF"), "image/tiff"),
        (media.pdf, "application/pdf"),
        (lambda: media.document("word"), f"{OOXML}.wordprocessingml.document"),
        (lambda: media.document("ppt"), f"{OOXML}.presentationml.presentation"),
        (lambda: media.document("xl"), f"{OOXML}.spreadsheetml.sheet"),
        (lambda: media.open_document("text"), "application/vnd.oasis.opendocument.text"),
        (lambda: media.old_office("WordDocument"), "application/msword"),
        (lambda: media.old_office("PowerPoint Document"), "application/vnd.ms-powerpoint"),
        (lambda: media.old_office("Workbook"), "application/vnd.ms-excel"),
        (lambda: media.archive(a_dot_txt="1"), "application/zip"),
        ("洛阳牡丹".encode, "text/plain"),
        (lambda: "洛阳牡丹甲天下".encode("gb18030"), "text/plain"),
        (lambda: "洛阳牡丹".encode("utf-16"), "text/plain"),
        ("姓名,班级\n张三,一班\n".encode, "text/csv"),
        (lambda: b"WEBVTT\n\n00:00.000 --> 00:01.000\nHi\n", "text/vtt"),
        (lambda: media.HTML, "text/html"),
        (lambda: b"  <p>hello</p><script>1</script>", "text/html"),
        (lambda: media.SVG, "image/svg+xml"),
        (lambda: b"<?xml version='1.0'?><x/>", "application/xml"),
    ],
)  # fmt: skip
def test_content_says_what_it_is(place: Path, make, media_type: str) -> None:  # type: ignore[no-untyped-def]
    assert known(place, make()) == media_type


@pytest.mark.parametrize(
    "content",
    [
        b"\x7fELF" + bytes(range(256)),
        b"MZ" + bytes(range(256)),
        b"\0" * 500,
        media.old_office("SomethingElse"),
        b"\x1a\x45\xdf\xa3\x42\x82\x88matroska" + b"\0" * 100,
        b"\0\0\0\x18ftypheic\0\0\0\0heic" + b"\0" * 100,
    ],
)
def test_what_is_not_on_the_list_is_refused(place: Path, content: bytes) -> None:
    with pytest.raises(KindNotAccepted, match="可以上传：视频、音频"):
        known(place, content, "课件.mp4")


@pytest.mark.parametrize(
    ("name", "content", "claimed", "found"),
    [
        ("课.mp4", media.HTML, "视频（MP4）", "网页或矢量图（HTML）"),
        ("图.png", media.SVG, "图片（PNG）", "网页或矢量图（SVG）"),
        ("课.pdf", media.image("PNG"), "PDF 文档（PDF）", "图片（PNG）"),
        ("表.csv", media.archive(a_dot_txt="1"), "文本（CSV）", "压缩包（ZIP）"),
    ],
)
def test_a_mislabelled_file_is_named(place: Path, name: str, content: bytes, claimed: str, found: str) -> None:
    with pytest.raises(Mislabelled) as refusal:
        known(place, content, name)
    assert name in str(refusal.value)
    assert claimed in str(refusal.value)
    assert found in str(refusal.value)


def test_a_picture_under_another_pictures_name_is_kept_as_what_it_is(place: Path) -> None:
    assert known(place, media.image("PNG"), "图.jpg") == "image/png"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("课.mp4", media.video()),
        ("图.png", media.image("PNG")),
        ("图.jpg", media.image("JPEG")),
        ("图.gif", media.image("GIF")),
        ("图.webp", media.image("WEBP")),
        ("图.bmp", media.image("BMP")),
        ("音.wav", media.sound("wav")),
        ("教案.pdf", media.pdf()),
        ("包.zip", media.archive(a_dot_txt="1" * 2000)),
        ("文.docx", media.document("word")),
    ],
)
def test_a_truncated_file_is_refused(place: Path, name: str, content: bytes) -> None:
    with pytest.raises(FileDamaged) as refusal:
        known(place, content[: len(content) * 6 // 10], name)
    assert name in str(refusal.value)


def test_a_video_without_its_index_is_refused(place: Path) -> None:
    with pytest.raises(FileDamaged, match="moov"):
        known(place, b"\0\0\0\x18ftypisom\0\0\0\0isommp42" + b"\0\0\0\x10mdat12345678", "课.mp4")


def test_a_document_with_macros_is_refused(place: Path) -> None:
    made = media.archive(word__vbaProject_dot_bin="x", **{"[Content_Types].xml": "<Types/>"})
    with pytest.raises(KindNotAccepted):
        known(place, made, "文.docm")


def test_a_form_may_want_one_kind(place: Path) -> None:
    place.write_bytes(media.pdf())
    with pytest.raises(KindNotWanted, match="这里需要视频"):
        accept(place, name="教案.pdf", wanted=(FileKind.VIDEO,))


def test_old_chinese_text_names_its_encoding() -> None:
    assert charset_of("洛阳".encode("gb18030")) == "gb18030"
    assert charset_of("洛阳".encode()) == "utf-8"
    assert charset_of(("洛" * 30_000).encode()[: 64 * 1024]) == "utf-8"


SEEDS = [
    media.video(),
    media.pdf(),
    media.image("PNG"),
    media.image("JPEG"),
    media.archive(a_dot_txt="1"),
    media.sound("wav"),
]


@settings(max_examples=150)
@given(seed=st.sampled_from(SEEDS), cut=st.integers(1, 4000), noise=st.binary(max_size=40), at=st.integers(0, 200))
def test_no_content_breaks_the_recogniser(
    tmp_path_factory: pytest.TempPathFactory, seed: bytes, cut: int, noise: bytes, at: int
) -> None:
    place = tmp_path_factory.getbasetemp() / "fuzzed"
    content = bytearray(seed[:cut])
    content[at : at + len(noise)] = noise
    place.write_bytes(BytesIO(bytes(content) or b"x").getvalue())
    try:
        accept(place, name="课.mp4")
    except Refusal as refusal:
        assert str(refusal)  # noqa: PT017  # whatever is refused must be refused in words
