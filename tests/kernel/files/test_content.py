"""The content host: signed links, conditions, ranges, headers, and nothing of the site."""

from datetime import UTC, datetime, timedelta
from io import BytesIO
from urllib.parse import urlsplit

import pytest
from django.conf import settings as configured
from django.test import Client
from django.utils.http import http_date
from pytest_django import Settings

from heluo.kernel.actors.public import Actor
from heluo.kernel.clock.public import now
from heluo.kernel.files.actions import check_content
from heluo.kernel.files.enums import ScanState
from heluo.kernel.files.hosts import check_hosts
from heluo.kernel.files.kinds import H5P, SCORM
from heluo.kernel.files.models import StoredFile
from heluo.kernel.files.public import content_link, preview_links, store_file
from tests.kernel.files import media, packages

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
TEXT = ("洛阳牡丹甲天下。" * 100).encode()
READS_COOKIES = "<script>fetch('/account/?told=' + encodeURIComponent(document.cookie))</script>"
pytestmark = pytest.mark.django_db


@pytest.fixture
def host(settings: Settings) -> Client:
    return Client(headers={"host": settings.CONTENT_HOST})


@pytest.fixture
def file(teacher: Actor) -> StoredFile:
    return store_file(by=teacher, name="牡丹.txt", content=BytesIO(TEXT), now=NOW)


def path_of(link: str) -> str:
    return "/" + link.split("/", 3)[3]


def test_a_link_gives_the_content_without_a_cookie(host: Client, file: StoredFile) -> None:
    answer = host.get(path_of(content_link(file)))
    assert answer.status_code == 200
    assert answer.getvalue() == TEXT
    assert not answer.cookies
    assert "Cookie" not in answer.get("Vary", "")
    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    assert answer["ETag"] == f'"{file.sha256}"'
    assert answer["Content-Length"] == str(len(TEXT))
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer["Content-Security-Policy"]
    assert "default-src 'none'" in answer["Content-Security-Policy"]
    assert answer["Content-Disposition"].startswith("inline")
    assert "filename*=UTF-8''%E7%89%A1%E4%B8%B9.txt" in answer["Content-Disposition"]
    assert answer["Cache-Control"].startswith("private, max-age=")
    assert answer["Cross-Origin-Resource-Policy"] == "cross-origin"


def test_a_download_is_saved(host: Client, file: StoredFile) -> None:
    answer = host.get(path_of(content_link(file, download=True)))
    assert answer["Content-Disposition"].startswith("attachment")


@pytest.mark.parametrize(
    ("name", "content"), [("页.html", media.HTML), ("图.svg", media.SVG), ("表.xml", b"<?xml?><x/>")]
)
def test_what_could_run_is_never_inline(host: Client, teacher: Actor, name: str, content: bytes) -> None:
    stored = store_file(by=teacher, name=name, content=BytesIO(content), now=NOW)
    answer = host.get(path_of(content_link(stored)))
    assert answer["Content-Disposition"].startswith("attachment")
    assert "sandbox" in answer["Content-Security-Policy"]


@pytest.mark.parametrize(
    ("name", "content", "media_type"),
    [
        ("练习.zip", media.archive(index_dot_html=READS_COOKIES), "application/zip"),
        ("练习.h5p", packages.packed(packages.h5p_files(script=READS_COOKIES)), H5P),
        ("课程.zip", packages.packed(packages.scorm12_files(**{"lesson/index.html": READS_COOKIES})), SCORM),
    ],
    ids=["zip", "H5P", "SCORM"],
)
def test_a_link_to_a_package_only_ever_downloads_it(
    host: Client, teacher: Actor, name: str, content: bytes, media_type: str
) -> None:
    """Saved whole, never shown, sandboxed all the same. Whatever path follows the signature gives the archive, and the
    site itself, where the session is, gives nothing. Playing a package needs a link of another purpose."""
    stored = store_file(by=teacher, name=name, content=BytesIO(content), now=NOW)
    for link in (content_link(stored), content_link(stored, download=True)):
        assert urlsplit(link).netloc == configured.CONTENT_HOST
        for path in (path_of(link), f"{path_of(link)}/index.html", f"{path_of(link).rpartition('/')[0]}/library.js"):
            answer = host.get(path)
            assert answer.getvalue() == content
            assert answer["Content-Type"] == media_type
            assert answer["X-Content-Type-Options"] == "nosniff"
            assert answer["Content-Disposition"].startswith("attachment")
            directives = [words.strip() for words in answer["Content-Security-Policy"].split(";")]
            assert {"sandbox", "default-src 'none'"} <= set(directives)
            assert not any(words.startswith("script-src") for words in directives)
            assert not answer.cookies
            assert Client().get(path).status_code == 404
    assert not preview_links(stored).pages


def test_a_range_is_answered_in_part(host: Client, file: StoredFile) -> None:
    path = path_of(content_link(file))
    answer = host.get(path, headers={"range": "bytes=3-8"})
    assert answer.status_code == 206
    assert answer.getvalue() == TEXT[3:9]
    assert answer["Content-Range"] == f"bytes 3-8/{len(TEXT)}"
    assert answer["Content-Length"] == "6"
    assert host.get(path, headers={"range": "bytes=-6"}).getvalue() == TEXT[-6:]
    assert host.get(path, headers={"range": "bytes=0-1,5-6"}).status_code == 200
    missing = host.get(path, headers={"range": f"bytes={len(TEXT)}-"})
    assert missing.status_code == 416
    assert missing["Content-Range"] == f"bytes */{len(TEXT)}"


def test_a_player_gets_a_long_content_in_pieces(host: Client, teacher: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("heluo.kernel.files.content.IN_ONE_GO", 1000)
    stored = store_file(by=teacher, name="牡丹.txt", content=BytesIO(TEXT), now=NOW)
    path = path_of(content_link(stored))
    read = b""
    while len(read) < len(TEXT):
        answer = host.get(path, headers={"range": f"bytes={len(read)}-"})
        assert answer.status_code == 206
        read += answer.getvalue()
    assert read == TEXT
    assert host.get(path).getvalue() == TEXT
    assert host.get(path, headers={"range": "bytes=0-1999"}).getvalue() == TEXT[:2000]


def test_a_range_holds_only_for_the_content_it_was_meant_for(host: Client, file: StoredFile) -> None:
    path = path_of(content_link(file))
    part = {"range": "bytes=0-4"}
    assert host.get(path, headers={**part, "if-range": f'"{file.sha256}"'}).status_code == 206
    assert host.get(path, headers={**part, "if-range": http_date(NOW.timestamp())}).status_code == 206
    assert host.get(path, headers={**part, "if-range": '"other"'}).status_code == 200
    assert host.get(path, headers={**part, "if-range": f'W/"{file.sha256}"'}).status_code == 200


def test_conditions_come_before_ranges(host: Client, file: StoredFile) -> None:
    path = path_of(content_link(file))
    known = {"if-none-match": f'"{file.sha256}"', "range": "bytes=0-4"}
    assert host.get(path, headers=known).status_code == 304
    assert host.get(path, headers={"if-match": '"other"'}).status_code == 412
    assert host.get(path, headers={"if-modified-since": http_date(NOW.timestamp())}).status_code == 304
    assert host.get(path, headers={"if-unmodified-since": http_date(NOW.timestamp() - 9)}).status_code == 412


def test_head_tells_all_but_the_body(host: Client, file: StoredFile) -> None:
    answer = host.head(path_of(content_link(file)), headers={"range": "bytes=0-4"})
    assert answer.status_code == 200
    assert answer["Content-Length"] == str(len(TEXT))
    assert answer.getvalue() == b""


def test_other_methods_are_refused(host: Client, file: StoredFile) -> None:
    assert host.post(path_of(content_link(file))).status_code == 405


def test_a_forged_or_old_link_leads_nowhere(host: Client, file: StoredFile, monkeypatch: pytest.MonkeyPatch) -> None:
    path = path_of(content_link(file, lifetime=timedelta(seconds=60)))
    assert host.get(path.replace("/s.", "/d.")).status_code == 404
    assert host.get("/nothing/here").status_code == 404
    assert host.get("/").status_code == 404
    monkeypatch.setattr("heluo.kernel.files.content.now", lambda: now() + timedelta(seconds=121))
    assert host.get(path).status_code == 404


def test_each_host_knows_only_its_own_addresses(host: Client, client: Client, file: StoredFile) -> None:
    assert client.get(path_of(content_link(file))).status_code == 404
    assert host.get("/accounts/login/").status_code == 404
    assert host.get("/files/uploads/").status_code == 404


def test_a_file_that_is_not_clean_is_not_served(host: Client, file: StoredFile) -> None:
    for state, status in ((ScanState.INFECTED, 403), (ScanState.PENDING, 409)):
        file.blob.scan_state = state
        file.blob.save()
        answer = host.get(path_of(content_link(file)))
        assert answer.status_code == status
        assert "牡丹.txt" in answer.content.decode()
        assert answer["Cache-Control"] == "no-store"


def test_previews_have_links_of_their_own(host: Client, teacher: Actor, platform: Actor) -> None:
    stored = store_file(by=teacher, name="图.png", content=BytesIO(media.image()), now=NOW)
    check_content(by=platform, blob=stored.blob, now=NOW)
    links = preview_links(StoredFile.objects.for_display().get())
    answer = host.get(path_of(links.thumbnail))
    assert answer["Content-Type"] == "image/webp"
    assert answer.getvalue()[:4] == b"RIFF"


def test_old_chinese_text_is_served_readable(host: Client, teacher: Actor) -> None:
    stored = store_file(by=teacher, name="旧.txt", content=BytesIO("洛阳".encode("gb18030")), now=NOW)
    assert host.get(path_of(content_link(stored)))["Content-Type"] == "text/plain; charset=gb18030"


def test_one_host_name_for_both_stops_the_start(settings: Settings) -> None:
    assert check_hosts(None) == []
    settings.CONTENT_HOST = "localhost:9000"
    settings.PUBLIC_URL = "http://localhost:8000"
    assert [error.id for error in check_hosts(None)] == ["files.E001"]
