"""A file at hand becomes a stored file, or is refused with a sentence."""

import hashlib
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import pytest
from pytest_django import Settings

from heluo.kernel.actors.enums import ActorKind
from heluo.kernel.actors.errors import NotAllowed
from heluo.kernel.actors.public import Actor
from heluo.kernel.files.errors import EmptyFile, FileTooLarge
from heluo.kernel.files.models import Blob, StoredFile
from heluo.kernel.files.public import content_link, file_from_form, own_file, store_file, verify_store

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
TEXT = "洛阳牡丹甲天下。\n".encode()

pytestmark = pytest.mark.django_db


def test_a_file_is_kept_by_its_content(teacher: Actor, data: Path) -> None:
    file = store_file(by=teacher, name="牡丹.txt", content=BytesIO(TEXT), now=NOW)
    digest = hashlib.sha256(TEXT).hexdigest()
    place = data / "files" / digest[:2] / digest[2:4] / digest
    assert place.read_bytes() == TEXT
    assert place.stat().st_mode & 0o777 == 0o440
    assert (file.name, file.size, file.media_type, file.sha256) == ("牡丹.txt", len(TEXT), "text/plain", digest)
    assert file.owner_id == teacher.person_id
    assert list((data / "files" / "incoming").iterdir()) == []
    assert list(verify_store()) == []


def test_the_same_content_is_kept_once(teacher: Actor) -> None:
    first = store_file(by=teacher, name="甲.txt", content=BytesIO(TEXT), now=NOW)
    second = store_file(by=teacher, name="乙.txt", content=BytesIO(TEXT), now=NOW)
    assert first.pk != second.pk
    assert first.blob_id == second.blob_id
    assert Blob.objects.count() == 1


def test_an_empty_file_is_refused(teacher: Actor) -> None:
    with pytest.raises(EmptyFile, match="0 字节"):
        store_file(by=teacher, name="空.mp4", content=BytesIO(b""), now=NOW)


def test_a_file_above_the_limit_is_refused(teacher: Actor, settings: Settings, data: Path) -> None:
    settings.MAX_UPLOAD_BYTES = 1024
    with pytest.raises(FileTooLarge, match="超过单个文件的上限"):
        store_file(by=teacher, name="大.txt", content=BytesIO(b"a" * 1025), now=NOW)
    assert list((data / "files" / "incoming").iterdir()) == []


def test_who_may_not_upload_is_refused(db: None) -> None:
    stranger = Actor(kind=ActorKind.PERSON, name="路人")
    with pytest.raises(NotAllowed):
        store_file(by=stranger, name="甲.txt", content=BytesIO(TEXT), now=NOW)
    assert not StoredFile.objects.exists()


def test_a_form_gives_the_file_by_its_address(teacher: Actor) -> None:
    file = store_file(by=teacher, name="甲.txt", content=BytesIO(TEXT), now=NOW)
    given = file_from_form(by=teacher, field="content", posted={"content": str(file.uuid)}, uploaded={}, now=NOW)
    assert given == file
    assert file_from_form(by=teacher, field="content", posted={}, uploaded={}, now=NOW) is None
    assert own_file(teacher, file.uuid) == file


def test_a_link_leads_to_the_content_host(teacher: Actor, settings: Settings) -> None:
    file = store_file(by=teacher, name="甲.txt", content=BytesIO(TEXT), now=NOW)
    link = content_link(file)
    assert link.startswith(settings.CONTENT_URL)
    assert link == content_link(file)
    assert link.endswith("/%E7%94%B2.txt")
