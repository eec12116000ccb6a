"""Office documents: previewed by a real LibreOffice where there is one, plainly not where there is none."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from io import BytesIO
from pathlib import Path
from shutil import which

import psutil
import pytest
from pytest_django import Settings
from xlsxwriter import Workbook

from heluo.kernel.actors.public import Actor
from heluo.kernel.files.actions import check_content
from heluo.kernel.files.enums import PreviewState
from heluo.kernel.files.jobs import catch_up, check
from heluo.kernel.files.kinds import BY_EXTENSION
from heluo.kernel.files.models import Blob, StoredFile
from heluo.kernel.files.public import preview_links, store_file
from heluo.kernel.files.rendering import programs
from heluo.kernel.files.rendering.office import as_pdf
from heluo.kernel.files.rendering.programs import run_bounded
from tests.kernel.files import media

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
SOFFICE = which("soffice") or which("libreoffice") or ""
pytestmark = pytest.mark.django_db
needs_soffice = pytest.mark.skipif(
    not SOFFICE, reason="LibreOffice is not installed: previews of office documents are NOT tested"
)


def checked(by: Actor, platform: Actor, name: str, content: bytes) -> Blob:
    file = store_file(by=by, name=name, content=BytesIO(content), now=NOW)
    return check_content(by=platform, blob=file.blob, now=NOW)


@needs_soffice
def test_a_word_document_gets_pictures_and_text(teacher: Actor, platform: Actor, settings: Settings) -> None:
    settings.SOFFICE = SOFFICE
    blob = checked(teacher, platform, "教案.docx", media.word("Heluo lesson 1", "春晓"))
    assert blob.preview_state == PreviewState.READY, blob.preview_note
    assert blob.page_count == 1
    assert "Heluo lesson 1" in blob.text
    assert "春晓" in blob.text
    links = preview_links(StoredFile.objects.for_display().get())
    assert len(links.pages) == 1
    assert links.thumbnail


@needs_soffice
def test_chinese_is_drawn_though_the_machine_has_no_chinese_typeface(settings: Settings, tmp_path: Path) -> None:
    settings.SOFFICE = SOFFICE
    source = tmp_path / "教案"
    source.write_bytes(media.word("春晓"))
    made = as_pdf(source, BY_EXTENSION["docx"], tmp_path)
    assert b"NotoSansSC" in made.read_bytes()


@needs_soffice
def test_a_workbook_gets_pictures_and_text(teacher: Actor, platform: Actor, settings: Settings) -> None:
    settings.SOFFICE = SOFFICE
    out = BytesIO()
    with Workbook(out) as book:
        book.add_worksheet().write("A1", "Heluo marks")
    blob = checked(teacher, platform, "成绩.xlsx", out.getvalue())
    assert blob.preview_state == PreviewState.READY, blob.preview_note
    assert "Heluo marks" in blob.text


@needs_soffice
def test_a_document_that_does_not_open_says_so(teacher: Actor, platform: Actor, settings: Settings) -> None:
    settings.SOFFICE = SOFFICE
    blob = checked(teacher, platform, "坏.docx", media.archive(**{"[Content_Types].xml": "<a/>", "word/x": "?"}))
    assert blob.preview_state == PreviewState.FAILED
    assert "打不开" in blob.preview_note


@pytest.fixture
def asked() -> Iterator[tuple[str, list[str]]]:
    """Address of a server of ours, and what it is asked for."""
    paths: list[str] = []

    class Server(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            paths.append(self.path)
            self.send_response(200)
            self.end_headers()

    server = HTTPServer(("127.0.0.1", 0), Server)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/", paths
    server.shutdown()
    thread.join()
    server.server_close()


may_leave = subprocess.run(["unshare", "--net" if os.geteuid() == 0 else "-rn", "true"], check=False).returncode == 0


@pytest.mark.skipif(not may_leave, reason="this system lets nobody leave the network: that helpers do is NOT tested")
def test_a_helper_reaches_nobody(asked: tuple[str, list[str]]) -> None:
    address, paths = asked
    fetch = f"import urllib.request; urllib.request.urlopen('{address}', timeout=5)"
    status, _output, complaints = run_bounded(sys.executable, "-c", fetch)
    assert status != 0
    assert "URLError" in complaints
    assert paths == []


def test_without_an_office_program_a_document_is_kept_and_previewed_later(
    teacher: Actor, platform: Actor, settings: Settings, tmp_path: Path
) -> None:
    blob = checked(teacher, platform, "教案.docx", media.word("Heluo"))
    assert blob.preview_state == PreviewState.UNCONVERTED
    assert blob.is_checked
    assert "没有配置文档转换" in blob.get_preview_state_display()

    settings.SOFFICE = str(office_program(tmp_path, f"cp '{tmp_path}/ready.pdf' \"$FOLDER/document.pdf\""))
    (tmp_path / "ready.pdf").write_bytes(media.pdf(pages=2))
    catch_up()
    check(blob=blob.pk)
    blob.refresh_from_db()
    assert blob.preview_state == PreviewState.READY
    assert blob.page_count == 2


def office_program(folder: Path, command: str) -> Path:
    """A program that takes the arguments of LibreOffice and does something else."""
    place = folder / "office.sh"
    place.write_text(f'#!/bin/sh\nFOLDER="$HOME"\n{command}\n')
    place.chmod(0o755)
    return place


def test_an_office_program_that_hangs_is_ended_with_all_it_started(
    teacher: Actor, platform: Actor, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(programs, "HELPER_SECONDS", 1)
    settings.SOFFICE = str(office_program(tmp_path, f"sleep 600 & echo $! > '{tmp_path}/child'; wait"))
    blob = checked(teacher, platform, "教案.docx", media.word("Heluo"))
    assert blob.preview_state == PreviewState.FAILED
    assert "时间过长" in blob.preview_note
    child = int((tmp_path / "child").read_text())
    until = time.monotonic() + 10
    while psutil.pid_exists(child) and psutil.Process(child).status() != psutil.STATUS_ZOMBIE:
        assert time.monotonic() < until
        time.sleep(0.05)
