"""Resumable upload as real clients speak it, against a real server."""

import base64
import hashlib
import os
import socket
import time
from io import BytesIO
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import requests
from tusclient.client import TusClient
from tusclient.exceptions import TusCommunicationError, TusUploadFailed

from heluo.kernel.actors.enums import Role
from heluo.kernel.files.models import StoredFile, Upload
from tests.kernel.files.conftest import Site, Visitor, sign_in

pytestmark = pytest.mark.django_db(transaction=True)
LINE = "洛阳牡丹甲天下。\n".encode()
V = {"Tus-Resumable": "1.0.0"}


@pytest.fixture
def visitor(site: Site, transactional_db: None) -> Visitor:
    return sign_in(site, "tus-teacher")


def text(size: int) -> bytes:
    return (LINE * (size // len(LINE) + 1))[: size // len(LINE) * len(LINE)]


def create(site: Site, visitor: Visitor, size: int, name: str = "课文.txt", **headers: str) -> requests.Response:
    metadata = f"filename {base64.b64encode(name.encode()).decode()}"
    return requests.post(
        f"{site.url}/files/uploads/",
        headers={**visitor.headers, **V, "Upload-Length": str(size), "Upload-Metadata": metadata, **headers},
        timeout=60,
    )


def patch(visitor: Visitor, url: str, offset: int, body: bytes, **headers: str) -> requests.Response:
    return requests.patch(
        url,
        data=body,
        headers={
            **visitor.headers,
            **V,
            "Upload-Offset": str(offset),
            "Content-Type": "application/offset+octet-stream",
            **headers,
        },
        timeout=60,
    )


def head(visitor: Visitor, url: str) -> requests.Response:
    return requests.head(url, headers={**visitor.headers, **V}, timeout=60)


def test_the_server_says_what_it_can(site: Site, visitor: Visitor) -> None:
    answer = requests.options(f"{site.url}/files/uploads/", headers=visitor.headers, timeout=60)
    assert answer.status_code == 204
    assert answer.headers["Tus-Version"] == "1.0.0"
    assert answer.headers["Tus-Max-Size"] == str(64 * 1024 * 1024)
    assert {"creation", "expiration", "checksum", "termination", "creation-with-upload"} <= set(
        answer.headers["Tus-Extension"].split(",")
    )


@pytest.mark.parametrize("is_checked", [False, True])
def test_tuspy_uploads_in_pieces(site: Site, visitor: Visitor, is_checked: bool) -> None:
    content = text(3_000_000)
    client = TusClient(f"{site.url}/files/uploads/", headers=visitor.headers)
    uploader = client.uploader(
        file_stream=BytesIO(content),
        chunk_size=700_000,
        metadata={"filename": "课文.txt"},
        upload_checksum=is_checked,
    )
    uploader.upload()
    file = StoredFile.objects.get(uuid=uploader.url.rstrip("/").rpartition("/")[2])
    assert file.name == "课文.txt"
    assert file.sha256 == hashlib.sha256(content).hexdigest()
    assert file.owner_id == visitor.account.person.uuid


def test_tuspy_resumes_where_it_stopped(site: Site, visitor: Visitor) -> None:
    content = text(2_000_000)
    client = TusClient(f"{site.url}/files/uploads/", headers=visitor.headers)
    first = client.uploader(file_stream=BytesIO(content), chunk_size=500_000, metadata={"filename": "课文.txt"})
    first.upload_chunk()
    second = client.uploader(file_stream=BytesIO(content), url=first.url, chunk_size=500_000)
    assert second.offset == 500_000
    second.upload()
    assert StoredFile.objects.get().sha256 == hashlib.sha256(content).hexdigest()


def test_bytes_of_a_broken_connection_are_kept(site: Site, visitor: Visitor) -> None:
    content = text(1_000_000)
    url = create(site, visitor, len(content)).headers["Location"]

    with socket.create_connection(("127.0.0.1", site.port)) as line:
        headers = {**visitor.headers, **V, "Upload-Offset": "0", "Content-Type": "application/offset+octet-stream"}
        headers |= {"Host": f"localhost:{site.port}", "Content-Length": str(len(content))}
        written = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        line.sendall(f"PATCH {urlsplit(url).path} HTTP/1.1\r\n{written}\r\n".encode() + content[:400_000])
    until = time.monotonic() + 60
    while not (offset := int(head(visitor, url).headers["Upload-Offset"])):
        assert time.monotonic() < until, "nothing was kept"
        time.sleep(0.1)
    # As clients do: while the broken connection still holds the file, or what came by it still grows, ask once more.
    while (answer := patch(visitor, url, offset, content[offset:])).status_code in {409, 423}:
        assert time.monotonic() < until, answer.text
        time.sleep(0.1)
        offset = int(head(visitor, url).headers["Upload-Offset"])
    assert 0 < offset <= 400_000
    assert answer.status_code == 204, answer.text
    assert StoredFile.objects.get().sha256 == hashlib.sha256(content).hexdigest()


def test_creation_may_bring_the_first_bytes(site: Site, visitor: Visitor) -> None:
    answer = requests.post(
        f"{site.url}/files/uploads/",
        data=LINE,
        headers={
            **visitor.headers,
            **V,
            "Upload-Length": str(len(LINE)),
            "Content-Type": "application/offset+octet-stream",
        },
        timeout=60,
    )
    assert answer.status_code == 201
    assert answer.headers["Upload-Offset"] == str(len(LINE))
    assert StoredFile.objects.get().name == "未命名"


def test_a_wrong_offset_is_told_the_right_one(site: Site, visitor: Visitor) -> None:
    url = create(site, visitor, 100).headers["Location"]
    answer = patch(visitor, url, 50, b"a" * 50)
    assert answer.status_code == 409
    assert "0 字节" in answer.text


def test_a_piece_that_changed_on_the_way_is_thrown_away(site: Site, visitor: Visitor) -> None:
    url = create(site, visitor, 100).headers["Location"]
    wrong = base64.b64encode(hashlib.sha1(b"other").digest()).decode()  # noqa: S324  # a check sum of the protocol
    assert patch(visitor, url, 0, b"a" * 50, **{"Upload-Checksum": f"sha1 {wrong}"}).status_code == 460
    assert head(visitor, url).headers["Upload-Offset"] == "0"
    assert patch(visitor, url, 0, b"a" * 50, **{"Upload-Checksum": "crc32 AAAA"}).status_code == 400


def test_more_than_announced_is_not_taken(site: Site, visitor: Visitor) -> None:
    url = create(site, visitor, len(LINE)).headers["Location"]
    assert patch(visitor, url, 0, LINE + b"more").status_code == 413
    assert head(visitor, url).headers["Upload-Offset"] == "0"


@pytest.mark.parametrize(
    ("size", "status", "word"), [(0, 422, "空文件"), (64 * 1024 * 1024 + 1, 413, "超过单个文件的上限")]
)
def test_an_impossible_size_is_refused_at_once(site: Site, visitor: Visitor, size: int, status: int, word: str) -> None:
    answer = create(site, visitor, size)
    assert answer.status_code == status
    assert word in answer.text


def test_a_refused_file_leaves_nothing(site: Site, visitor: Visitor) -> None:
    body = b"\x7fELF" + os.urandom(500)
    url = create(site, visitor, len(body), name="课件.mp4").headers["Location"]
    answer = patch(visitor, url, 0, body)
    assert answer.status_code == 415
    assert "课件.mp4" in answer.text
    assert head(visitor, url).status_code == 410
    assert not StoredFile.objects.exists()
    assert not Upload.objects.exists()
    incoming: Path = site.data / "files" / "incoming"
    assert url.rstrip("/").rpartition("/")[2] not in {path.name for path in incoming.iterdir()}


def test_an_upload_can_be_given_up(site: Site, visitor: Visitor) -> None:
    url = create(site, visitor, 100).headers["Location"]
    assert requests.delete(url, headers={**visitor.headers, **V}, timeout=60).status_code == 204
    assert head(visitor, url).status_code == 410


def test_uploads_of_others_do_not_exist(site: Site, visitor: Visitor) -> None:
    url = create(site, visitor, 100).headers["Location"]
    other = sign_in(site, "tus-other")
    assert head(other, url).status_code == 410
    assert patch(other, url, 0, b"a" * 100).status_code == 410


def test_who_may_not_upload_is_refused(site: Site, visitor: Visitor) -> None:
    pupil = sign_in(site, "tus-pupil", Role.PUPIL)
    assert create(site, pupil, 100).status_code == 403
    with pytest.raises((TusCommunicationError, TusUploadFailed)):
        TusClient(f"{site.url}/files/uploads/").uploader(file_stream=BytesIO(LINE)).upload()


def test_the_number_of_open_uploads_is_limited(site: Site, visitor: Visitor) -> None:
    for _number in range(20):
        assert create(site, visitor, 100).status_code == 201
    answer = create(site, visitor, 100)
    assert answer.status_code == 429
    assert "20 个上传" in answer.text


def test_another_version_of_the_protocol_is_refused(site: Site, visitor: Visitor) -> None:
    answer = requests.post(
        f"{site.url}/files/uploads/", headers={**visitor.headers, "Tus-Resumable": "0.2"}, timeout=60
    )
    assert answer.status_code == 412
    assert answer.headers["Tus-Version"] == "1.0.0"


def test_a_path_in_the_name_is_only_a_name(site: Site, visitor: Visitor) -> None:
    url = create(site, visitor, len(LINE), name="../../etc/passwd\0.txt").headers["Location"]
    assert patch(visitor, url, 0, LINE).status_code == 204
    assert StoredFile.objects.get().name == "passwd.txt"
