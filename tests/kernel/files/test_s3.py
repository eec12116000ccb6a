"""The store in a bucket, against a server that speaks S3 (moto), in a process of its own."""

import hashlib
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from uuid import uuid4

import pytest
import requests
from django.test import Client
from pytest_django import Settings

from heluo.kernel.actors.public import Actor
from heluo.kernel.files.actions import check_content
from heluo.kernel.files.public import check_storage, content_link, store_file, verify_store
from heluo.kernel.files.queries import FlawKind
from heluo.kernel.files.storage import ContentMissing, S3Storage, StorageTrouble
from heluo.kernel.files.storage.s3 import PART, parse_storage_url
from tests.kernel.files import media
from tests.kernel.files.conftest import free_port, wait_for_port

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    port = free_port()
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
        process.wait(timeout=20)


@pytest.fixture
def url(server: str) -> str:
    """A new bucket."""
    bucket = f"heluo-{uuid4().hex[:8]}"
    assert requests.put(f"http://{server}/{bucket}", timeout=10).status_code == 200
    return f"s3://key:secret@{server}/{bucket}?prefix=province"


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
    assert not place.exists()
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
        timeout=60,
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
