"""Uploads whose process died between the last byte and the stored file: finished by whoever asks, or by the worker."""

import hashlib
import os
import signal
import time
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from urllib.parse import urlsplit
from uuid import UUID

import pytest
from django.db import connection, transaction
from procrastinate.contrib.django.models import ProcrastinateJob

from heluo.kernel.actors.errors import NotAllowed
from heluo.kernel.actors.public import Actor
from heluo.kernel.audit.models import AuditRow
from heluo.kernel.files import jobs, spool
from heluo.kernel.files.actions import finish_upload, open_upload, receive_piece
from heluo.kernel.files.actions.storing import lock_content
from heluo.kernel.files.errors import KindNotAccepted, UploadBusy, UploadGone
from heluo.kernel.files.models import Blob, StoredFile, Upload
from heluo.kernel.files.public import verify_store
from heluo.kernel.files.storage import current_storage
from tests.kernel.files.conftest import Visitor, person, running_site, sign_in
from tests.kernel.files.test_faults import at_once, begin_piece, children_of
from tests.kernel.files.test_tus import create, head, text

CONTENT = "洛阳牡丹甲天下。\n".encode() * 1000
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _no_jobs_of_other_tests(transactional_db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE procrastinate_jobs, procrastinate_events, procrastinate_workers CASCADE")


def left_whole(by: Actor, content: bytes = CONTENT, name: str = "课文.txt") -> Upload:
    """An upload exactly as a process leaves it that dies after writing the last byte."""
    upload = open_upload(by=by, name=name, size=len(content), now=datetime.now(UTC))
    with spool.held(upload.uuid) as spooled:
        spooled.append(BytesIO(content).read, offset=0, most=len(content))
    return upload


def lies_quiet(upload: Upload) -> None:
    """As if the last byte had come two minutes ago."""
    then = time.time() - 120
    os.utime(spool.place_for(upload.uuid), (then, then))


def test_who_asks_finishes_the_upload(teacher: Actor) -> None:
    upload = left_whole(teacher)
    progress = finish_upload(by=teacher, upload=upload, now=datetime.now(UTC))
    assert (progress.offset, progress.file) == (len(CONTENT), StoredFile.objects.get())
    assert StoredFile.objects.get().uuid == upload.uuid
    assert StoredFile.objects.get().sha256 == hashlib.sha256(CONTENT).hexdigest()
    assert Upload.objects.get().finished_at
    assert list(spool.spool_folder().iterdir()) == []
    assert finish_upload(by=teacher, upload=upload, now=datetime.now(UTC)) == progress
    assert StoredFile.objects.count() == 1


def test_an_empty_last_piece_finishes_it_too(teacher: Actor) -> None:
    upload = left_whole(teacher)
    progress = receive_piece(
        by=teacher, upload=upload, offset=len(CONTENT), read=BytesIO(b"").read, now=datetime.now(UTC)
    )
    assert progress.file == StoredFile.objects.get()


def test_an_upload_that_still_arrives_is_left_alone(teacher: Actor) -> None:
    upload = open_upload(by=teacher, name="课.txt", size=10, now=datetime.now(UTC))
    receive_piece(by=teacher, upload=upload, offset=0, read=BytesIO(b"four").read, now=datetime.now(UTC))
    progress = finish_upload(by=teacher, upload=upload, now=datetime.now(UTC))
    assert (progress.offset, progress.file) == (4, None)


def test_an_upload_without_its_bytes_is_gone(teacher: Actor) -> None:
    upload = left_whole(teacher)
    spool.drop(upload.uuid)
    with pytest.raises(UploadGone):
        finish_upload(by=teacher, upload=upload, now=datetime.now(UTC))


def test_who_may_not_upload_finishes_nothing(teacher: Actor) -> None:
    upload = left_whole(teacher)
    with pytest.raises(NotAllowed):
        finish_upload(by=person("路人", "resources.author"), upload=upload, now=datetime.now(UTC))


def test_killed_after_the_store_took_it_and_before_the_row(teacher: Actor, data: Path) -> None:
    upload = left_whole(teacher)
    sha256 = hashlib.sha256(CONTENT).hexdigest()
    current_storage().put(sha256, spool.place_for(upload.uuid))
    file = finish_upload(by=teacher, upload=upload, now=datetime.now(UTC)).file
    assert file is not None
    assert file.uuid == upload.uuid
    assert list(verify_store()) == []
    assert (data / "files" / sha256[:2] / sha256[2:4] / sha256).stat().st_mode & 0o777 == 0o440


def test_killed_after_the_row_and_before_the_spool_went(teacher: Actor) -> None:
    upload = left_whole(teacher)
    place = spool.place_for(upload.uuid)
    place.with_name("kept").hardlink_to(place)
    file = finish_upload(by=teacher, upload=upload, now=datetime.now(UTC)).file
    place.with_name("kept").rename(place)
    assert finish_upload(by=teacher, upload=upload, now=datetime.now(UTC)).file == file
    assert not place.exists()
    assert Blob.objects.count() == StoredFile.objects.count() == 1


def test_two_at_once_make_one_file(teacher: Actor) -> None:
    upload = left_whole(teacher)
    results = at_once(4, lambda _n: finish_upload(by=teacher, upload=upload, now=datetime.now(UTC)).file)
    file = StoredFile.objects.get()
    assert file in results
    assert all(result == file or isinstance(result, UploadBusy) for result in results), results


def test_the_worker_finishes_what_nobody_comes_back_for(teacher: Actor) -> None:
    upload, arriving = left_whole(teacher), open_upload(by=teacher, name="课.txt", size=10, now=datetime.now(UTC))
    jobs.finish_whole_uploads()
    assert not ProcrastinateJob.objects.exists(), "its own request may still be at it"
    lies_quiet(upload)
    lies_quiet(arriving)
    jobs.finish_whole_uploads()
    jobs.finish_whole_uploads()
    [job] = ProcrastinateJob.objects.filter(task_name="files.finish_upload")
    assert job.args == {"upload": upload.pk}
    jobs.finish(upload=upload.pk)
    jobs.finish(upload=upload.pk)
    file = StoredFile.objects.get()
    assert (file.uuid, file.owner_id) == (upload.uuid, teacher.person_id)
    assert AuditRow.objects.get(deed="files.file_stored").by is None, "the platform did it"


def test_the_worker_drops_what_is_refused_as_a_whole(teacher: Actor) -> None:
    upload = left_whole(teacher, b"\x7fELF" + os.urandom(500), "课件.mp4")
    jobs.finish(upload=upload.pk)
    assert not Upload.objects.exists()
    assert list(spool.spool_folder().iterdir()) == []
    jobs.finish(upload=upload.pk)
    with pytest.raises(KindNotAccepted):
        finish_upload(
            by=teacher, upload=left_whole(teacher, b"\x7fELF" + os.urandom(500), "课件.mp4"), now=datetime.now(UTC)
        )


def test_an_expired_upload_is_not_finished(teacher: Actor) -> None:
    upload = left_whole(teacher)
    lies_quiet(upload)
    Upload.objects.update(made_at=datetime.now(UTC) - timedelta(days=3), expires_at=datetime.now(UTC))
    jobs.finish_whole_uploads()
    assert not ProcrastinateJob.objects.exists()


def test_a_server_killed_after_the_last_byte_has_lost_nothing(tmp_path: Path) -> None:
    """The lock on the content holds the server exactly between the last byte and the row; there it is killed."""
    content = text(3_000_000)
    data = tmp_path / "killed"
    with running_site(data) as site:
        visitor = sign_in(site, "killed-at-the-end")
        url = create(site, visitor, len(content)).headers["Location"]
        uuid = urlsplit(url).path.strip("/").rpartition("/")[2]
        with transaction.atomic():
            lock_content(hashlib.sha256(content).hexdigest())
            line = begin_piece(visitor, url, content)
            line.sendall(content)
            until_somebody_waits()
            assert (data / "files" / "incoming" / uuid).stat().st_size == len(content)
            assert head(visitor, url).status_code == 423, "whole but not finished must not look finished"
            for process in [*children_of(site.process.pid), site.process.pid]:
                os.kill(process, signal.SIGKILL)
        line.close()
    assert not StoredFile.objects.exists()
    with running_site(data) as site:
        visitor = Visitor(account=visitor.account, headers={**visitor.headers, "Origin": site.url})
        answer = head(visitor, f"{site.url}{urlsplit(url).path}")
        assert (answer.status_code, answer.headers["Upload-Offset"]) == (200, str(len(content)))
    assert StoredFile.objects.get(uuid=UUID(uuid)).sha256 == hashlib.sha256(content).hexdigest()


def until_somebody_waits() -> None:
    """Until another session waits for an advisory lock."""
    until = time.monotonic() + 120
    with connection.cursor() as cursor:
        while time.monotonic() < until:
            cursor.execute("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
            if cursor.fetchone()[0]:
                return
            time.sleep(0.05)
    raise AssertionError("nobody waits")
