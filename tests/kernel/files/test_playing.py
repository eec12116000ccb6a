"""Inside packages on the content host: by a signed path that ends, on an origin of its own, and nothing of the site."""

from io import BytesIO
from urllib.parse import quote, urlsplit

import pytest
from django.test import Client
from pytest_django import Settings

from heluo.kernel.actors.public import Actor
from heluo.kernel.clock.public import now
from heluo.kernel.files.enums import ScanState
from heluo.kernel.files.limits import LINK_LIFETIME
from heluo.kernel.files.links import Stage, courseware_stage
from heluo.kernel.files.models import StoredFile
from heluo.kernel.files.public import content_link, store_file
from tests.kernel.files import packages

pytestmark = pytest.mark.django_db
FILM = bytes(range(256)) * 4000


@pytest.fixture
def file(teacher: Actor) -> StoredFile:
    content = packages.packed(packages.scorm12_files(**{"film.mp4": FILM, "lesson/空.txt": ""}))
    return store_file(by=teacher, name="课.zip", content=BytesIO(content), now=now())


@pytest.fixture
def stage(file: StoredFile) -> Stage:
    return courseware_stage(file)


@pytest.fixture
def host(stage: Stage) -> Client:
    return Client(headers={"host": urlsplit(stage.origin).netloc})


def inside(stage: Stage, path: str) -> str:
    return urlsplit(stage.inside).path + quote(path)


def test_a_package_runs_on_an_origin_of_its_own(stage: Stage, settings: Settings, teacher: Actor) -> None:
    assert urlsplit(stage.origin).netloc.endswith(f".{settings.CONTENT_HOST}")
    other = store_file(by=teacher, name="h.h5p", content=BytesIO(packages.h5p()), now=now())
    assert courseware_stage(other).origin != stage.origin


def test_files_inside_are_served_with_their_type_and_a_strict_policy(host: Client, stage: Stage) -> None:
    answer = host.get(inside(stage, "lesson/index.html"))
    assert answer.status_code == 200
    assert "api.LMSInitialize" in answer.getvalue().decode()
    assert answer["Content-Type"] == "text/html"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Cross-Origin-Resource-Policy"] == "same-origin"
    assert not answer.cookies
    assert "Access-Control-Allow-Origin" not in answer
    policy = dict(
        (words.strip() + " ").split(" ", 1) for words in answer["Content-Security-Policy"].split(";") if words.strip()
    )
    assert policy["default-src"].strip() == "'none'"
    assert policy["connect-src"].strip() == "'self' data: blob:"
    assert policy["form-action"].strip() == "'none'"
    assert set(policy["sandbox"].split()) == {"allow-scripts", "allow-same-origin", "allow-forms", "allow-modals"}
    assert host.get(inside(stage, "lesson/图/a.svg"))["Content-Type"] == "image/svg+xml"
    assert host.get(inside(stage, "Lesson/INDEX.html")).status_code == 200
    assert host.get(inside(stage, "lesson/空.txt")).getvalue() == b""


def test_parts_of_a_file_inside_are_served(host: Client, stage: Stage) -> None:
    whole = host.get(inside(stage, "film.mp4"))
    assert whole.getvalue() == FILM
    part = host.get(inside(stage, "film.mp4"), headers={"range": "bytes=500000-500099"})
    assert (part.status_code, part.getvalue()) == (206, FILM[500000:500100])
    assert host.get(inside(stage, "film.mp4"), headers={"range": f"bytes={len(FILM)}-"}).status_code == 416
    assert host.get(inside(stage, "film.mp4"), headers={"if-none-match": whole["ETag"]}).status_code == 304


def test_pages_of_a_cartridge_name_what_lies_beside_them_from_the_root(teacher: Actor) -> None:
    named = {
        "imsmanifest.xml": packages.CARTRIDGE,
        "week1/look.html": "x",
        "link.xml": packages.WEB_LINK.format(address=""),
    }
    content = packages.packed({**named, "web_resources/图.svg": "<svg/>", "other/b.svg": "<svg id='b'/>"})
    stage = courseware_stage(store_file(by=teacher, name="课.imscc", content=BytesIO(content), now=now()))
    host = Client(headers={"host": urlsplit(stage.origin).netloc})
    assert host.get(inside(stage, "week1/$IMS-CC-FILEBASE$/图.svg")).getvalue() == b"<svg/>"
    assert host.get(inside(stage, "week1/$IMS-CC-FILEBASE$/other/b.svg")).getvalue() == b"<svg id='b'/>"
    assert host.get(inside(stage, "week1/$IMS-CC-FILEBASE$/nothing.svg")).status_code == 404


@pytest.mark.parametrize("path", ["", "nothing.html", "../x", "lesson", "lesson/", "/etc/passwd", "imsmanifest.xml/x"])
def test_what_is_not_inside_is_not_there(host: Client, stage: Stage, path: str) -> None:
    assert host.get(inside(stage, path)).status_code == 404


def test_the_link_ends_and_cannot_be_made_up(
    host: Client, stage: Stage, file: StoredFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = inside(stage, "lesson/index.html")
    assert host.get(path.replace("/p/k", "/p/s")).status_code == 404
    shown = urlsplit(content_link(file)).path.split("/")[1]
    assert host.get(f"/p/{shown}/lesson/index.html").status_code == 404
    later = now() + 2 * LINK_LIFETIME
    monkeypatch.setattr("heluo.kernel.files.content.now", lambda: later)
    assert host.get(path).status_code == 404


def test_no_other_host_has_it(stage: Stage, settings: Settings, client: Client) -> None:
    for address in (inside(stage, "lesson/index.html"), urlsplit(stage.player).path):
        assert Client(headers={"host": settings.CONTENT_HOST}).get(address).status_code == 404
        assert Client(headers={"host": f"p0.{settings.CONTENT_HOST}"}).get(address).status_code == 404
        assert client.get(address).status_code == 404


def test_without_names_below_the_content_host_packages_share_it(file: StoredFile, settings: Settings) -> None:
    settings.COURSEWARE_ORIGINS = False
    shared = courseware_stage(file)
    assert urlsplit(shared.origin).netloc == settings.CONTENT_HOST
    host = Client(headers={"host": settings.CONTENT_HOST})
    assert host.get(inside(shared, "lesson/index.html")).status_code == 200


def test_it_opens_in_a_frame_only(host: Client, stage: Stage) -> None:
    for address in (inside(stage, "lesson/index.html"), urlsplit(stage.player).path):
        assert host.get(address, headers={"sec-fetch-dest": "iframe"}).status_code == 200
        assert host.get(address, headers={"sec-fetch-dest": "document"}).status_code == 404


def test_an_infected_package_is_not_played(host: Client, stage: Stage, file: StoredFile) -> None:
    file.blob.scan_state = ScanState.INFECTED
    file.blob.save()
    assert host.get(inside(stage, "lesson/index.html")).status_code == 403


def test_the_player_page_names_the_site_it_speaks_to(host: Client, stage: Stage, settings: Settings) -> None:
    answer = host.get(urlsplit(stage.player).path)
    assert f'data-site="{settings.PUBLIC_URL}"' in answer.content.decode()
    assert f"frame-ancestors {settings.PUBLIC_URL}" in answer["Content-Security-Policy"]
    assert not answer.cookies


@pytest.mark.parametrize("name", ["app/../entries.json", "app/entries.json", "app/..%2fx", "x.js", "app/", "app/.x"])
def test_of_the_front_end_only_built_files_are_there(host: Client, name: str) -> None:
    assert host.get(f"/static/{name}").status_code == 404


def test_only_reading_is_possible(host: Client, stage: Stage) -> None:
    assert host.post(inside(stage, "lesson/index.html")).status_code == 405
