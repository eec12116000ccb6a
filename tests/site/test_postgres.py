"""Our own PostgreSQL: it starts, recovers, and never touches what is not its own."""

import os
import signal
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg
import pytest

from heluo.site.postgres import DatabaseTrouble, Postgres

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("postgres")]
QUICK = {"fsync": "off", "shared_buffers": "16MB", "max_connections": "20"}


@pytest.fixture
def postgres(tmp_path: Path) -> Iterator[Postgres]:
    server = Postgres(tmp_path / "var", **QUICK)
    server.start()
    yield server
    server.stop()


def test_it_answers_stops_and_starts_again(postgres: Postgres) -> None:
    with psycopg.connect(postgres.url) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 1 AS one")
    postgres.stop()
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(postgres.url)
    postgres.start()
    with psycopg.connect(postgres.url) as connection:
        assert connection.execute("SELECT one FROM kept").fetchone() == (1,)


def test_it_never_runs_as_root_and_the_password_is_the_owners(postgres: Postgres) -> None:
    assert postgres.process is not None
    assert psutil.Process(postgres.process.pid).uids().effective != 0
    key = postgres.data / "keys" / "database.key"
    assert stat.S_IMODE(key.stat().st_mode) == 0o600


def test_it_recovers_after_a_kill(postgres: Postgres) -> None:
    assert postgres.process is not None
    with psycopg.connect(postgres.url) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 1 AS one")
    postgres.process.send_signal(signal.SIGKILL)
    postgres.process.wait()
    postgres.start()
    with psycopg.connect(postgres.url) as connection:
        assert connection.execute("SELECT one FROM kept").fetchone() == (1,)


@pytest.mark.parametrize("started", ["then", "now"])
def test_a_stale_pid_file_that_names_a_foreign_process_is_not_believed(postgres: Postgres, started: str) -> None:
    """Not even one whose start is right: its command line is another's."""
    postgres.stop()
    stranger = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    try:
        moment = psutil.Process(stranger.pid).create_time() if started == "now" else 0
        (postgres.cluster / "postmaster.pid").write_text(f"{stranger.pid}\n{postgres.cluster}\n{moment:.0f}\n")
        postgres.start()
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


def test_a_server_of_ours_that_was_left_running_is_stopped(postgres: Postgres) -> None:
    assert postgres.process is not None
    left = postgres.process
    second = Postgres(postgres.data, **QUICK)
    try:
        second.start()
        assert left.wait(60) == 0
    finally:
        second.stop()
        postgres.process = None


def test_giving_up_while_waiting_leaves_nothing_running(tmp_path: Path) -> None:
    class GaveUp(Exception):
        pass

    def give_up(seconds: float) -> None:
        raise GaveUp

    server = Postgres(tmp_path / "var", **QUICK)
    with pytest.raises(GaveUp):
        server.start(pause=give_up)
    assert server.process is None
    server.start()
    server.stop()


def test_another_password_file_is_told_not_waited_for(postgres: Postgres) -> None:
    postgres.stop()
    key = postgres.data / "keys" / "database.key"
    former = key.read_text()
    key.write_text("another")
    with pytest.raises(DatabaseTrouble, match=r"database\.key"):
        postgres.start()
    key.write_text(former)


def test_data_of_another_version_is_refused_in_words(postgres: Postgres) -> None:
    postgres.stop()
    version = postgres.cluster / "PG_VERSION"
    former = version.read_text()
    version.write_text("9\n")
    with pytest.raises(DatabaseTrouble, match="PostgreSQL 9"):
        postgres.start()
    version.write_text(former)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root drops to another user")
def test_a_folder_closed_to_others_stays_closed() -> None:
    with tempfile.TemporaryDirectory() as closed:
        Path(closed).chmod(0o700)
        server = Postgres(Path(closed) / "var", **QUICK)
        try:
            server.start()
            assert stat.S_IMODE(Path(closed).stat().st_mode) == 0o700
            assert Path(closed) not in server.home.parents
            psycopg.connect(server.url).close()
        finally:
            server.stop()
            subprocess.run(["rm", "-r", str(server.home)], check=True)


def test_a_deep_folder_gets_a_short_socket(tmp_path: Path) -> None:
    deep = tmp_path / ("deep-" * 12) / ("deeper-" * 10)
    server = Postgres(deep, **QUICK)
    server.start()
    try:
        psycopg.connect(server.url).close()
    finally:
        server.stop()
