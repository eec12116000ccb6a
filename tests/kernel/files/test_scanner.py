"""The virus scanner, tried against a real clamd with one signature of our own."""

import subprocess
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from shutil import which

import pytest
from django.test import Client
from pytest_django import Settings

from heluo.kernel.actors.public import Actor
from heluo.kernel.audit.models import AuditRow
from heluo.kernel.events.models import OutboxRow
from heluo.kernel.files.actions import check_content
from heluo.kernel.files.enums import ScanState
from heluo.kernel.files.errors import FileInfected, FileNotChecked
from heluo.kernel.files.jobs import catch_up
from heluo.kernel.files.models import Blob
from heluo.kernel.files.public import content_link, require_readable, store_file, verify_store
from heluo.kernel.files.scanner import ScannerTrouble, ping, scan
from tests.site.platform import free_port

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
CLAMD = which("clamd") or which("clamd", path="/usr/sbin:/usr/local/sbin")
MARK = "HELUO-TEST-SIGNATURE-NOT-A-VIRUS"
INFECTED = f"一份普通的教案。{MARK}\n".encode()

needs_clamd = pytest.mark.skipif(CLAMD is None, reason="clamd is not installed: virus scanning is NOT tested")


@pytest.fixture(scope="module")
def clamd() -> Iterator[dict[str, str]]:
    """A clamd that knows one signature; its addresses by kind."""
    assert CLAMD is not None
    # A socket's path may have 107 bytes at most; pytest's own folders are longer.
    with tempfile.TemporaryDirectory(prefix="clamd-") as name:
        folder = Path(name)
        (folder / "db").mkdir()
        (folder / "db" / "heluo.ndb").write_text(f"Heluo.Test.Signature:0:*:{MARK.encode().hex()}\n")
        port = free_port()
        (folder / "clamd.conf").write_text(
            f"Foreground yes\nDatabaseDirectory {folder}/db\nLocalSocket {folder}/clamd.sock\n"
            f"TCPSocket {port}\nTCPAddr 127.0.0.1\nStreamMaxLength 8M\nLogFile {folder}/clamd.log\n"
        )
        process = subprocess.Popen(
            [CLAMD, "-c", str(folder / "clamd.conf")], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        try:
            url = f"unix:{folder}/clamd.sock"
            until = time.monotonic() + 120
            while not ping(url):
                assert process.poll() is None, (folder / "clamd.log").read_text()
                assert time.monotonic() < until
                time.sleep(0.1)
            yield {"unix": url, "tcp": f"tcp://127.0.0.1:{port}"}
        finally:
            process.terminate()
            process.wait(timeout=60)


@needs_clamd
@pytest.mark.parametrize("kind", ["unix", "tcp"])
def test_the_scanner_tells_clean_from_infected(clamd: dict[str, str], kind: str) -> None:
    assert ping(clamd[kind])
    assert scan([b"harmless", b"text"], url=clamd[kind]).state == ScanState.CLEAN
    verdict = scan([INFECTED[:20], INFECTED[20:]], url=clamd[kind])
    assert verdict.state == ScanState.INFECTED
    assert verdict.note.startswith("Heluo.Test.Signature")


@needs_clamd
def test_what_is_too_large_to_scan_is_called_unscanned(clamd: dict[str, str]) -> None:
    verdict = scan((b"a" * 1024 * 1024 for _piece in range(16)), url=clamd["unix"])
    assert verdict.state == ScanState.UNSCANNED
    assert verdict.note


def test_a_scanner_that_is_away_is_trouble_not_a_verdict() -> None:
    with pytest.raises(ScannerTrouble):
        scan([b"text"], url=f"tcp://127.0.0.1:{free_port()}")
    assert not ping("unix:/nowhere/clamd.sock")
    with pytest.raises(ValueError, match="CLAMD_URL"):
        scan([b"text"], url="http://localhost")


@needs_clamd
@pytest.mark.django_db
def test_an_infected_file_is_locked_away(
    clamd: dict[str, str], settings: Settings, data: Path, teacher: Actor, platform: Actor
) -> None:
    settings.CLAMD_URL = clamd["unix"]
    file = store_file(by=teacher, name="教案.txt", content=BytesIO(INFECTED), now=NOW)
    assert file.scan_state == ScanState.PENDING
    with pytest.raises(FileNotChecked):
        require_readable(file)
    OutboxRow.objects.all().delete()

    check_content(by=platform, blob=file.blob, now=NOW)

    file.refresh_from_db()
    assert file.scan_state == ScanState.INFECTED
    with pytest.raises(FileInfected, match="已隔离"):
        require_readable(file)
    link = "/" + content_link(file).split("/", 3)[3]
    assert Client(headers={"host": settings.CONTENT_HOST}).get(link).status_code == 403
    assert not (data / "files" / file.sha256[:2] / file.sha256[2:4] / file.sha256).exists()
    locked = data / "files" / "quarantine" / file.sha256
    assert locked.stat().st_mode & 0o777 == 0o400
    assert list(verify_store()) == []
    told = OutboxRow.objects.get()
    assert told.topics == [f"file:{file.uuid}"]
    assert told.payload["state"] == "infected"
    assert AuditRow.objects.filter(deed="files.file_quarantined", subject_id=str(file.uuid)).exists()
    with pytest.raises(FileInfected):
        store_file(by=teacher, name="换个名字.txt", content=BytesIO(INFECTED), now=NOW)


@needs_clamd
@pytest.mark.django_db
def test_a_clean_file_is_opened_after_the_scan(
    clamd: dict[str, str], settings: Settings, teacher: Actor, platform: Actor
) -> None:
    settings.CLAMD_URL = clamd["tcp"]
    file = store_file(by=teacher, name="教案.txt", content=BytesIO(b"harmless"), now=NOW)
    check_content(by=platform, blob=file.blob, now=NOW)
    file.refresh_from_db()
    assert file.scan_state == ScanState.CLEAN
    require_readable(file)


@needs_clamd
@pytest.mark.django_db
def test_files_from_before_the_scanner_are_scanned_later(
    clamd: dict[str, str], settings: Settings, teacher: Actor, platform: Actor
) -> None:
    file = store_file(by=teacher, name="教案.txt", content=BytesIO(INFECTED), now=NOW)
    check_content(by=platform, blob=file.blob, now=NOW)
    settings.CLAMD_URL = clamd["unix"]
    catch_up()
    check_content(by=platform, blob=Blob.objects.get(), now=NOW)
    assert Blob.objects.get().scan_state == ScanState.INFECTED


@pytest.mark.django_db
def test_while_the_scanner_is_away_the_file_stays_shut(settings: Settings, teacher: Actor, platform: Actor) -> None:
    settings.CLAMD_URL = f"tcp://127.0.0.1:{free_port()}"
    file = store_file(by=teacher, name="教案.txt", content=BytesIO(b"harmless"), now=NOW)
    with pytest.raises(ScannerTrouble):
        check_content(by=platform, blob=file.blob, now=NOW)
    assert Blob.objects.get().scan_state == ScanState.PENDING
