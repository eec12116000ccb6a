"""The store in a bucket, against a server that speaks S3 (moto), in a process of its own."""

import hashlib
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
import requests
from django.test import Client
from pytest_django import Settings

from heluo.kernel.actors.public import Actor
from heluo.kernel.clock.public import now as present
from heluo.kernel.files.actions import check_content, open_upload, receive_piece
from heluo.kernel.files.enums import PreviewState
from heluo.kernel.files.errors import StorageAway
from heluo.kernel.files.jobs import check, finish
from heluo.kernel.files.links import courseware_stage
from heluo.kernel.files.models import Blob, StoredFile, Upload
from heluo.kernel.files.public import check_storage, content_link, store_file, verify_store
from heluo.kernel.files.queries import FlawKind
from heluo.kernel.files.storage import ContentMissing, OutOfRoom, StorageTrouble, current_storage
from heluo.kernel.files.storage.s3 import PART, S3Storage, parse_storage_url
from tests.kernel.files import media, packages
from tests.kernel.files.conftest import wait_for_port
from tests.site.platform import free_port

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@contextmanager
def a_server(port: int) -> Iterator[str]:
    """A store that speaks S3, empty, until the context ends."""
    process = subprocess.Popen(
        [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        wait_for_port(port, process)
        yield f"127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(timeout=60)


def a_bucket(server: str) -> str:
    """Address of a new bucket."""
    bucket = f"heluo-{uuid4().hex[:8]}"
    assert requests.put(f"http://{server}/{bucket}", timeout=60).status_code == 200
    return f"s3://key:secret@{server}/{bucket}?prefix=province"


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with a_server(free_port()) as address:
        yield address


@pytest.fixture
def url(server: str) -> str:
    return a_bucket(server)


@pytest.fixture
def storage(url: str) -> S3Storage:
    return S3Storage(parse_storage_url(url))


def placed(folder: Path, content: bytes) -> tuple[str, Path]:
    place = folder / uuid4().hex
    place.write_bytes(content)
    return hashlib.sha256(content).hexdigest(), place


def large() -> bytes:
    return os.urandom(1024 * 1024) * (2 * PART // 1024 // 1024 + 3)


def test_an_address_is_read_strictly() -> None:
    place = parse_storage_url("s3://k%2Fey:se%40cret@s3.example:9000/bucket?region=cn-north-1&prefix=/a/")
    assert (place.endpoint, place.bucket, place.key, place.secret) == (
        "https://s3.example:9000",
        "bucket",
        "k/ey",
        "se@cret",
    )
    assert (place.region, place.prefix) == ("cn-north-1", "a/")
    assert parse_storage_url("s3://k:s@localhost/b").endpoint == "http://localhost"
    assert parse_storage_url("s3://k:s@localhost/b?tls=yes").endpoint == "https://localhost"
    for wrong in ("http://k:s@h/b", "s3://h", "s3://k:s@h/b/c", "s3://k:s@h/b?colour=red"):
        with pytest.raises(ValueError, match="STORAGE_URL"):
            parse_storage_url(wrong)


def test_a_content_comes_back_whole_and_in_parts(storage: S3Storage, tmp_path: Path) -> None:
    sha256, place = placed(tmp_path, b"0123456789")
    storage.put(sha256, place)
    assert b"".join(storage.read(sha256)) == b"0123456789"
    assert b"".join(storage.read(sha256, 3, 5)) == b"345"
    assert b"".join(storage.read(sha256, 7)) == b"789"
    with storage.as_file(sha256) as copy:
        assert copy.read_bytes() == b"0123456789"
    assert [(kept.sha256, kept.size) for kept in storage.contents()] == [(sha256, 10)]
    storage.delete(sha256)
    assert not storage.has(sha256)
    with pytest.raises(ContentMissing):
        storage.read(sha256)


def test_a_large_content_travels_in_parts(storage: S3Storage, tmp_path: Path) -> None:
    content = large()
    sha256, place = placed(tmp_path, content)
    storage.put(sha256, place)
    assert b"".join(storage.read(sha256)) == content
    head = storage.client.head_object(Bucket=storage.bucket, Key=storage._key(sha256))
    assert head["ETag"].strip('"').endswith("-3")


KILLED_IN_MID_UPLOAD = """
import os, sys
from pathlib import Path
from heluo.kernel.files.storage.s3 import S3Storage, parse_storage_url
storage = S3Storage(parse_storage_url(sys.argv[1]))
send = storage.client.upload_part
def send_one_then_die(**arguments):
    if arguments["PartNumber"] == 2:
        os.kill(os.getpid(), 9)
    return send(**arguments)
storage.client.upload_part = send_one_then_die
storage.put(sys.argv[2], Path(sys.argv[3]))
"""


def test_a_kill_in_mid_upload_leaves_nothing_to_see_and_goes_on_later(
    storage: S3Storage, url: str, tmp_path: Path
) -> None:
    content = large()
    sha256, place = placed(tmp_path, content)
    died = subprocess.run(
        [sys.executable, "-c", KILLED_IN_MID_UPLOAD, url, sha256, str(place)],
        env={**os.environ, "PYTHONPATH": "src"},
        check=False,
        timeout=180,
    )
    assert died.returncode == -9
    assert place.exists()
    assert not storage.has(sha256)
    assert list(storage.contents()) == []
    sent: list[int] = []
    send = storage.client.upload_part
    storage.client.upload_part = lambda **arguments: (sent.append(arguments["PartNumber"]), send(**arguments))[1]
    storage.put(sha256, place)
    assert sent == [2, 3]
    assert b"".join(storage.read(sha256)) == content


def test_an_infected_content_is_put_aside(storage: S3Storage, tmp_path: Path) -> None:
    sha256, place = placed(tmp_path, b"bad")
    storage.put(sha256, place)
    storage.quarantine(sha256)
    assert not storage.has(sha256)
    assert list(storage.contents()) == []
    kept = storage.client.get_object(Bucket=storage.bucket, Key=f"province/quarantine/{sha256}")
    assert kept["Body"].read() == b"bad"


def test_a_store_that_is_away_is_trouble() -> None:
    storage = S3Storage(parse_storage_url(f"s3://k:s@127.0.0.1:{free_port()}/bucket"))
    with pytest.raises(StorageTrouble):
        storage.check()


@pytest.mark.django_db
def test_the_whole_way_through_a_bucket(url: str, settings: Settings, teacher: Actor, platform: Actor) -> None:
    settings.STORAGE_URL = url
    check_storage()
    file = store_file(by=teacher, name="图.png", content=BytesIO(media.image()), now=NOW)
    blob = check_content(by=platform, blob=file.blob, now=NOW)
    assert blob.previews.count() == 2
    host = Client(headers={"host": settings.CONTENT_HOST})
    path = "/" + content_link(file).split("/", 3)[3]
    assert host.get(path).getvalue() == media.image()
    assert host.get(path, headers={"range": "bytes=1-3"}).getvalue() == b"PNG"
    assert list(verify_store()) == []
    storage = S3Storage(parse_storage_url(url))
    storage.delete(file.sha256)
    assert [(flaw.sha256, flaw.kind) for flaw in verify_store()] == [(file.sha256, FlawKind.MISSING)]


class Failing(BaseHTTPRequestHandler):
    """A store that answers everything with one error."""

    status = 500
    code = "InternalError"

    def answer(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        body = f"<Error><Code>{self.code}</Code><Message>no</Message></Error>".encode()
        self.send_response(self.status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, *_words: object) -> None:
        pass


@contextmanager
def a_failing_server(status: int, code: str) -> Iterator[str]:
    methods = {f"do_{method}": Failing.answer for method in ("GET", "HEAD", "POST", "PUT")}
    handler = type("Handler", (Failing,), {"status": status, "code": code} | methods)
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"s3://key:secret@127.0.0.1:{server.server_port}/bucket"
        finally:
            server.shutdown()
            thread.join()


@pytest.mark.django_db
@pytest.mark.parametrize(("status", "code"), [(500, "InternalError"), (503, "SlowDown"), (403, "AccessDenied")])
def test_a_store_that_fails_is_away_not_full(settings: Settings, teacher: Actor, status: int, code: str) -> None:
    with a_failing_server(status, code) as url:
        settings.STORAGE_URL = url
        with pytest.raises(StorageAway, match="存储暂时不可用"):
            store_file(by=teacher, name="课.txt", content=BytesIO(b"text"), now=NOW)
    assert not StoredFile.objects.exists()


def test_a_store_without_room_is_full(tmp_path: Path) -> None:
    sha256, place = placed(tmp_path, b"text")
    with a_failing_server(507, "XMinioStorageFull") as url, pytest.raises(OutOfRoom):
        S3Storage(parse_storage_url(url)).put(sha256, place)
    assert place.exists()


@pytest.mark.django_db
def test_an_upload_outlives_a_store_that_stops_and_comes_back(settings: Settings, teacher: Actor) -> None:
    port = free_port()
    content = "洛阳牡丹甲天下。".encode()
    upload = open_upload(by=teacher, name="课文.txt", size=len(content), now=NOW)
    with a_server(port) as server:
        settings.STORAGE_URL = a_bucket(server)
    with pytest.raises(StorageAway) as refused:
        receive_piece(by=teacher, upload=upload, offset=0, read=BytesIO(content).read, now=NOW)
    assert refused.value.status == 503
    with pytest.raises(StorageAway):
        finish(upload=upload.pk)
    assert not Upload.objects.filter(finished_at__isnull=False).exists()
    with a_server(port) as server:
        bucket = settings.STORAGE_URL.rpartition("/")[2].partition("?")[0]
        assert requests.put(f"http://{server}/{bucket}", timeout=60).status_code == 200
        finish(upload=upload.pk)
        file = StoredFile.objects.get()
        assert file.uuid == upload.uuid
        assert b"".join(current_storage().read(file.sha256)) == content


@pytest.mark.django_db
def test_checks_wait_for_a_store_that_is_away(url: str, settings: Settings, teacher: Actor, platform: Actor) -> None:
    settings.STORAGE_URL = url
    file = store_file(by=teacher, name="图.png", content=BytesIO(media.image()), now=NOW)
    settings.STORAGE_URL = f"s3://k:s@127.0.0.1:{free_port()}/bucket"
    with pytest.raises(StorageTrouble):
        check(blob=file.blob_id)
    assert Blob.objects.get().preview_state == PreviewState.PENDING
    assert check.retries
    answer = Client(headers={"host": settings.CONTENT_HOST}).get("/" + content_link(file).split("/", 3)[3])
    assert (answer.status_code, "存储暂时不可用" in answer.content.decode()) == (503, True)
    settings.STORAGE_URL = url
    check(blob=file.blob_id)
    assert Blob.objects.get().preview_state == PreviewState.READY


@pytest.mark.django_db
def test_files_inside_a_package_are_read_from_the_bucket(url: str, settings: Settings, teacher: Actor) -> None:
    settings.STORAGE_URL = url
    content = packages.packed(packages.scorm12_files(**{"film.mp4": bytes(range(256)) * 4000}))
    stage = courseware_stage(store_file(by=teacher, name="课.zip", content=BytesIO(content), now=present()))
    host = Client(headers={"host": urlsplit(stage.origin).netloc})
    inside = urlsplit(stage.inside).path
    assert b"LMSInitialize" in host.get(f"{inside}lesson/index.html").getvalue()
    part = host.get(f"{inside}film.mp4", headers={"range": "bytes=256-511"})
    assert (part.status_code, part.getvalue()) == (206, bytes(range(256)))
