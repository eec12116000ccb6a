"""Races, full disks and kills: two writers, a disk without room, a server killed in the middle of a piece."""

import hashlib
import os
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from urllib.parse import urlsplit
from uuid import UUID

import pytest
import requests
from django.db import connection
from pytest_django import Settings

from heluo.kernel.actors.errors import Refusal
from heluo.kernel.actors.public import Actor
from heluo.kernel.files import spool
from heluo.kernel.files.actions import open_upload, receive_piece
from heluo.kernel.files.errors import StorageFull, TooManyUploads, UploadBusy, UploadGone
from heluo.kernel.files.limits import OPEN_UPLOADS_PER_PERSON
from heluo.kernel.files.models import Blob, StoredFile, Upload
from heluo.kernel.files.public import content_link, store_file, verify_store
from heluo.kernel.files.storage import LocalStorage
from tests.kernel.files.conftest import Visitor, running_site, sign_in
from tests.kernel.files.test_tus import V, create, head, patch, text

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
pytestmark = pytest.mark.django_db(transaction=True)


def at_once(count: int, deed: Callable[[int], object]) -> list[object]:
    """Do it in so many threads that start together; results or refusals."""
    start = threading.Barrier(count)

    def run(number: int) -> object:
        start.wait()
        try:
            return deed(number)
        except Refusal as refusal:
            return refusal
        finally:
            connection.close()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(run, range(count)))


def test_many_writers_of_one_content_keep_it_once(teacher: Actor) -> None:
    content = text(300_000)
    results = at_once(6, lambda n: store_file(by=teacher, name=f"{n}.txt", content=BytesIO(content), now=NOW))
    assert all(isinstance(result, StoredFile) for result in results), results
    assert Blob.objects.count() == 1
    assert StoredFile.objects.count() == 6
    assert list(verify_store()) == []


def test_two_writers_put_one_content_into_the_folder(tmp_path: Path) -> None:
    storage = LocalStorage(tmp_path / "store")
    content = os.urandom(200_000)
    sha256 = hashlib.sha256(content).hexdigest()
    places = [tmp_path / str(number) for number in range(8)]
    for place in places:
        place.write_bytes(content)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda place: storage.put(sha256, place), places))
    assert b"".join(storage.read(sha256)) == content
    assert [each.name for each in (tmp_path / "store").rglob("*") if each.is_file()] == [sha256]


def test_the_last_place_is_given_once(teacher: Actor) -> None:
    for number in range(OPEN_UPLOADS_PER_PERSON - 1):
        open_upload(by=teacher, name=f"{number}.txt", size=10, now=NOW)
    results = at_once(4, lambda n: open_upload(by=teacher, name=f"x{n}.txt", size=10, now=NOW))
    assert sum(isinstance(result, Upload) for result in results) == 1
    assert sum(isinstance(result, TooManyUploads) for result in results) == 3


def test_one_writer_at_a_time_writes_an_upload(teacher: Actor) -> None:
    content = text(400_000)
    upload = open_upload(by=teacher, name="课.txt", size=len(content), now=NOW)

    def send(_number: int) -> object:
        slow = BytesIO(content)

        def read(size: int) -> bytes:
            time.sleep(0.02)
            return slow.read(min(size, 50_000))

        return receive_piece(by=teacher, upload=upload, offset=0, read=read, now=NOW)

    results = at_once(3, send)
    assert sum(isinstance(result, UploadBusy | UploadGone) for result in results) == 2, results
    assert StoredFile.objects.get().sha256 == hashlib.sha256(content).hexdigest()


def test_a_finished_file_never_grows(teacher: Actor, data: Path) -> None:
    """A second sender who had the spool open before it was finished must not write into the store."""
    upload = open_upload(by=teacher, name="课.txt", size=9, now=NOW)
    late = os.open(spool.place_for(upload.uuid), os.O_RDWR)
    receive_piece(by=teacher, upload=upload, offset=0, read=BytesIO(b"nine byte").read, now=NOW)
    os.close(late)
    with pytest.raises(UploadGone), spool.held(upload.uuid):
        pass
    assert list(verify_store()) == []


@contextmanager
def small_disk(folder: Path, size: str) -> Iterator[None]:
    folder.mkdir(parents=True)
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)], capture_output=True, check=False
    )
    if done.returncode:
        pytest.skip("no right to mount a small disk here: a full disk is NOT tested")
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def test_a_full_disk_pauses_the_upload_and_keeps_what_came(
    teacher: Actor, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.DATA = tmp_path / "small"
    monkeypatch.setattr(spool, "FREE_SPACE_RESERVE", 0)
    content = text(5_000_000)
    with small_disk(settings.DATA, "8m"):
        upload = open_upload(by=teacher, name="课.txt", size=len(content), now=NOW)
        filler = settings.DATA / "filler"
        filler.write_bytes(b"x" * 5_500_000)
        with pytest.raises(StorageFull, match="已收到的部分仍保留"):
            receive_piece(by=teacher, upload=upload, offset=0, read=BytesIO(content).read, now=NOW)
        offset = spool.received(upload.uuid)
        assert 0 < offset < len(content)
        with pytest.raises(StorageFull):
            open_upload(by=teacher, name="另.txt", size=len(content), now=NOW)
        filler.unlink()
        progress = receive_piece(by=teacher, upload=upload, offset=offset, read=BytesIO(content[offset:]).read, now=NOW)
        assert progress.file is not None
        assert progress.file.sha256 == hashlib.sha256(content).hexdigest()
        assert list(verify_store()) == []


def test_a_full_disk_is_507_for_the_client(tmp_path: Path) -> None:
    data = tmp_path / "small"
    with small_disk(data, "300m"), running_site(data) as site:
        visitor = sign_in(site, "full-disk")
        answer = create(site, visitor, 200_000_000)
        assert answer.status_code == 507
        assert "存储空间不足" in answer.text


def test_a_killed_server_loses_only_what_was_on_the_way(tmp_path: Path) -> None:
    content = text(30_000_000)
    data = tmp_path / "killed"
    with running_site(data) as site:
        visitor = sign_in(site, "killed")
        url = create(site, visitor, len(content)).headers["Location"]
        place = data / "files" / "incoming" / url.rstrip("/").rpartition("/")[2]
        line = begin_piece(visitor, url, content)
        line.sendall(content[:20_000_000])
        until = time.monotonic() + 60
        while not place.stat().st_size and time.monotonic() < until:
            time.sleep(0.01)
        killed = place.stat().st_size
        for process in [*children_of(site.process.pid), site.process.pid]:
            os.kill(process, signal.SIGKILL)
        line.close()
    assert killed > 0
    with running_site(data) as site:
        again = f"{site.url}{urlsplit(url).path}"
        headers = {**visitor.headers, "Origin": site.url}
        visitor = Visitor(account=visitor.account, headers=headers)
        offset = int(head(visitor, again).headers["Upload-Offset"])
        assert killed <= offset < len(content)
        assert patch(visitor, again, offset, content[offset:]).status_code == 204
    file = StoredFile.objects.get(uuid=UUID(urlsplit(url).path.strip("/").rpartition("/")[2]))
    assert file.sha256 == hashlib.sha256(content).hexdigest()


def begin_piece(visitor: Visitor, url: str, content: bytes) -> socket.socket:
    parts = urlsplit(url)
    headers = {**visitor.headers, **V, "Upload-Offset": "0", "Content-Type": "application/offset+octet-stream"}
    headers |= {"Host": parts.netloc, "Content-Length": str(len(content))}
    written = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    line = socket.create_connection(("127.0.0.1", parts.port or 80))
    line.sendall(f"PATCH {parts.path} HTTP/1.1\r\n{written}\r\n".encode())
    return line


def children_of(process: int) -> list[int]:
    return [int(each) for each in Path(f"/proc/{process}/task/{process}/children").read_text().split()]


def test_a_slow_reader_does_not_hold_up_the_others(tmp_path: Path, settings: Settings) -> None:
    """Players that take a film slowly must not use up the server's four threads."""
    data = tmp_path / "slow"
    with running_site(data) as site:
        visitor = sign_in(site, "slow-readers")
        content = text(30_000_000)
        url = create(site, visitor, len(content)).headers["Location"]
        assert patch(visitor, url, 0, content).status_code == 204
        file = StoredFile.objects.get(uuid=UUID(urlsplit(url).path.strip("/").rpartition("/")[2]))
        settings.CONTENT_URL = f"http://{site.content_host}"
        link = urlsplit(content_link(file)).path
        lines = []
        for _reader in range(12):
            line = socket.create_connection(("127.0.0.1", site.port), timeout=60)
            line.sendall(f"GET {link} HTTP/1.1\r\nHost: {site.content_host}\r\nRange: bytes=0-\r\n\r\n".encode())
            assert line.recv(100).startswith(b"HTTP/1.1 206")
            lines.append(line)
        # None of them is ever read to the end: a server they had used up would not answer at all.
        assert requests.get(f"{site.url}/accounts/login/", timeout=60).status_code == 200
        for line in lines:
            line.close()
