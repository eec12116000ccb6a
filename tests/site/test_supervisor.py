"""`heluo run` from start to end, and what may go wrong on the way. Real processes, real signals."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import asdict
from pathlib import Path

import psutil
import psycopg
import pytest

from heluo.site.postgres import Postgres
from heluo.site.processes.identity import Identity, RunRecords, identity_of
from heluo.site.supervisor.lock import FolderLock, FolderTaken
from tests.site.platform import START_LIMIT, Platform, free_port, heluo, wait_until_gone

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("supervisor")]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One data folder for the tests that need a started platform: its first start is the slow one."""
    return tmp_path_factory.mktemp("platform") / "var"


@pytest.fixture
def platform(folder: Path) -> Iterator[Platform]:
    running = Platform(folder)
    yield running.wait_until_ready()
    running.stop()


def test_sigterm_stops_everything_within_ten_seconds_the_database_last(platform: Platform) -> None:
    everything = platform.everything()
    assert platform.get("/healthz") in {200, 503}
    took = platform.stop()
    wait_until_gone(everything, 10 - took)
    assert took < 10
    assert platform.process.returncode == 0
    assert RunRecords(platform.data).names() == []
    log = (platform.data / "logs" / "postgres.log").read_text()
    assert "database system is shut down" in log.splitlines()[-1]


def test_nothing_outlives_a_killed_supervisor_and_the_next_start_is_clean(platform: Platform) -> None:
    everything = platform.everything()
    assert len(everything) >= 4
    platform.stop(signal.SIGKILL)
    wait_until_gone(everything)
    again = Platform(platform.data, platform.port)
    try:
        again.wait_until_ready()
    finally:
        again.stop()


def test_a_killed_child_is_restarted_and_said_aloud(platform: Platform) -> None:
    former = platform.pid_of("web")
    workers = psutil.Process(former).children()
    os.kill(former, signal.SIGKILL)
    wait_until_gone(workers)
    platform.wait_until_said("web server ended unexpectedly")
    until = time.monotonic() + START_LIMIT
    while not platform.get("/healthz"):
        assert time.monotonic() < until
        time.sleep(0.1)
    assert platform.pid_of("web") != former


def test_a_killed_database_comes_back_and_pages_with_it(platform: Platform) -> None:
    os.kill(platform.pid_of("postgres"), signal.SIGKILL)
    platform.wait_until_said("the database ended unexpectedly")
    platform.wait_until_said("the database is back")
    platform.get("/healthz")
    assert platform.get("/accounts/login/") == 200


def test_a_request_whose_database_is_killed_is_told_to_come_back(platform: Platform) -> None:
    with ThreadPoolExecutor(1) as people, closing(psycopg.connect(Postgres(platform.data).url)) as session:
        session.execute("LOCK TABLE catalogue_entry IN ACCESS EXCLUSIVE MODE")
        asked = people.submit(platform.get, "/resources/")
        until = time.monotonic() + START_LIMIT
        waiting = "SELECT count(*) FROM pg_locks WHERE relation = 'catalogue_entry'::regclass AND NOT granted"
        while session.execute(waiting).fetchone() == (0,):
            assert not asked.done(), asked.result()
            assert time.monotonic() < until
            time.sleep(0.05)
        os.kill(platform.pid_of("postgres"), signal.SIGKILL)
        assert asked.result() == 503
    platform.wait_until_said("the database is back")
    assert platform.get("/resources/") == 200


def test_a_second_start_on_the_same_folder_is_told_who_is_there(platform: Platform) -> None:
    second = heluo(platform.data, "run", port=free_port())
    assert second.returncode == 1
    assert f"进程 {platform.process.pid}" in second.stderr
    assert f"process {platform.process.pid}" in second.stderr
    assert platform.get("/healthz")


def test_a_port_in_use_is_named_before_anything_is_started(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        refused = heluo(tmp_path / "var", "run", port=port)
    assert refused.returncode == 1
    assert f"端口 {port} 已被占用" in refused.stderr
    assert f"PORT={port + 10}" in refused.stderr
    assert not (tmp_path / "var" / "database").exists()


def test_the_stream_port_has_its_own_variable(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        refused = heluo(tmp_path / "var", "run", port=free_port(), STREAM_PORT=str(taken.getsockname()[1]))
    assert "STREAM_PORT=" in refused.stderr


# -- run records ------------------------------------------------------------------------------------------------------


@pytest.fixture
def stranger() -> Iterator[subprocess.Popen[bytes]]:
    """A process of somebody else."""
    process = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    yield process
    process.kill()
    process.wait()


def reclaim(data: Path) -> list[str]:
    said: list[str] = []
    RunRecords(data).reclaim(time.sleep, said.append)
    return said


def test_a_leftover_is_ended_when_pid_start_and_command_match(
    tmp_path: Path, stranger: subprocess.Popen[bytes]
) -> None:
    records = RunRecords(tmp_path)
    records.write("web", stranger.pid)
    assert len(reclaim(tmp_path)) == 1
    assert stranger.wait(30) == -signal.SIGTERM
    assert records.names() == []


@pytest.mark.parametrize("changed", [{"started": "another boot:1"}, {"command": ("postgres",)}])
def test_a_foreign_process_with_a_recorded_pid_is_left_alone(
    tmp_path: Path, stranger: subprocess.Popen[bytes], changed: dict[str, object]
) -> None:
    identity = identity_of(stranger.pid)
    assert identity is not None
    record = tmp_path / "run" / "web.json"
    record.parent.mkdir()
    record.write_text(json.dumps({**asdict(identity), **changed}))
    assert reclaim(tmp_path) == []
    assert stranger.poll() is None
    assert not record.exists()


def test_a_broken_record_is_dropped(tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "web.json").write_text("{")
    assert reclaim(tmp_path) == []
    assert RunRecords(tmp_path).names() == []


def test_an_identity_is_that_of_a_running_process(stranger: subprocess.Popen[bytes]) -> None:
    identity = identity_of(stranger.pid)
    assert isinstance(identity, Identity)
    assert identity.is_running()
    stranger.kill()
    stranger.wait()
    assert not identity.is_running()


def test_a_lock_is_free_again_when_its_owner_ends(tmp_path: Path) -> None:
    first, second = FolderLock(tmp_path), FolderLock(tmp_path)
    first.take("run", "http://localhost:1")
    with pytest.raises(FolderTaken, match="http://localhost:1"):
        second.take("command")
    first.release()
    second.take("command")
    second.release()
