"""After a file is stored: previews, facts, text; every failure a sentence."""

from datetime import UTC, datetime
from io import BytesIO

import pytest
from PIL import Image

from heluo.kernel.actors.errors import NotAllowed
from heluo.kernel.actors.public import Actor
from heluo.kernel.events.models import OutboxRow
from heluo.kernel.files.actions import check_content
from heluo.kernel.files.enums import PreviewState, ScanState
from heluo.kernel.files.jobs import check
from heluo.kernel.files.models import Blob, StoredFile
from heluo.kernel.files.public import preview_links, store_file
from heluo.kernel.files.storage import current_storage
from tests.kernel.files import media

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
pytestmark = pytest.mark.django_db


def checked(by: Actor, platform: Actor, name: str, content: bytes) -> Blob:
    file = store_file(by=by, name=name, content=BytesIO(content), now=NOW)
    return check_content(by=platform, blob=file.blob, now=NOW)


def pictures(blob: Blob) -> list[tuple[str, int, int, int]]:
    return list(blob.previews.order_by("role", "number").values_list("role", "number", "width", "height"))


def test_an_image_gets_two_sizes(teacher: Actor, platform: Actor) -> None:
    blob = checked(teacher, platform, "图.png", media.image())
    assert blob.preview_state == PreviewState.READY, blob.preview_note
    assert (blob.width, blob.height) == (1600, 900)
    assert pictures(blob) == [("large", 1, 1200, 675), ("thumbnail", 1, 480, 270)]


def test_a_preview_carries_no_trace_of_the_camera(teacher: Actor, platform: Actor) -> None:
    blob = checked(teacher, platform, "照片.jpg", media.photo_with_place())
    assert (blob.width, blob.height) == (600, 800)
    preview = blob.previews.get(role="thumbnail")
    body = b"".join(current_storage().read(preview.sha256))
    assert b"SecretCamera" not in body
    assert Image.open(BytesIO(body)).size == (360, 480)


def test_a_video_gets_a_poster_and_its_facts(teacher: Actor, platform: Actor) -> None:
    blob = checked(teacher, platform, "课.mp4", media.video())
    assert blob.preview_state == PreviewState.READY, blob.preview_note
    assert (blob.width, blob.height, blob.codec) == (320, 180, "h264")
    assert blob.duration_ms is not None
    assert abs(blob.duration_ms - 2000) < 100
    assert pictures(blob) == [("large", 1, 320, 180), ("thumbnail", 1, 320, 180)]


@pytest.mark.parametrize(("ending", "codec"), [("mp3", "mp3"), ("m4a", "aac"), ("wav", "pcm_s16le"), ("ogg", "vorbis")])
def test_a_sound_gets_its_length(teacher: Actor, platform: Actor, ending: str, codec: str) -> None:
    blob = checked(teacher, platform, f"音.{ending}", media.sound(ending))
    assert blob.preview_state == PreviewState.READY, blob.preview_note
    assert blob.codec in {codec, "opus", "flac"}
    assert blob.duration_ms is not None
    assert abs(blob.duration_ms - 1000) < 150


def test_a_document_gets_its_pages_and_text(teacher: Actor, platform: Actor) -> None:
    blob = checked(teacher, platform, "教案.pdf", media.pdf(pages=22))
    assert blob.preview_state == PreviewState.READY, blob.preview_note
    assert blob.page_count == 22
    assert "Heluo lesson 22" in blob.text
    pages = [picture for picture in pictures(blob) if picture[0] == "page"]
    assert len(pages) == 20
    links = preview_links(StoredFile.objects.for_display().get())
    assert len(links.pages) == 20
    assert links.thumbnail
    assert not links.large


@pytest.mark.parametrize(
    ("name", "content", "word"),
    [
        ("炸弹.png", media.picture_bomb(), "尺寸过大"),
        ("坏.png", media.image()[:1500] + b"\0" * 300 + b"IEND", "损坏"),
        ("坏.pdf", b"%PDF-1.7\n" + b"nonsense " * 50 + b"\nstartxref\n5\n%%EOF", "损坏"),
        ("坏.webm", media.webm()[:300] + b"\0" * 200, "损坏"),
    ],
)
def test_a_preview_that_fails_says_why(teacher: Actor, platform: Actor, name: str, content: bytes, word: str) -> None:
    blob = checked(teacher, platform, name, content)
    assert blob.preview_state == PreviewState.FAILED
    assert word in blob.preview_note
    assert not blob.previews.exists()


def test_the_owner_hears_when_the_checks_are_done(teacher: Actor, platform: Actor) -> None:
    file = store_file(by=teacher, name="图.png", content=BytesIO(media.image()), now=NOW)
    OutboxRow.objects.all().delete()
    check(blob=file.blob_id)
    told = OutboxRow.objects.get(name="files.file_checked")
    assert told.topics == [f"file:{file.uuid}"]
    assert told.payload == {"file": str(file.uuid), "state": "unscanned", "previews": "ready"}


def test_checking_twice_changes_nothing(teacher: Actor, platform: Actor) -> None:
    blob = checked(teacher, platform, "图.png", media.image())
    before = list(blob.previews.values_list("pk", flat=True))
    again = check_content(by=platform, blob=Blob.objects.get(pk=blob.pk), now=NOW)
    assert list(again.previews.values_list("pk", flat=True)) == before


def test_without_a_scanner_a_file_is_called_unscanned(teacher: Actor, platform: Actor) -> None:
    blob = checked(teacher, platform, "甲.txt", b"plain text")
    assert blob.scan_state == ScanState.UNSCANNED
    assert blob.preview_state == PreviewState.NONE
    assert "没有配置查毒服务" in ScanState(blob.scan_state).label


def test_people_do_not_check_contents(teacher: Actor) -> None:
    file = store_file(by=teacher, name="甲.txt", content=BytesIO(b"text"), now=NOW)
    with pytest.raises(NotAllowed):
        check_content(by=teacher, blob=file.blob, now=NOW)
