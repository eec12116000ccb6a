"""A real worker process: it works, it stops gracefully, and when it is killed its jobs are not lost."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from django.db import connection
from procrastinate.contrib.django.models import ProcrastinateJob

from heluo.kernel.clock.public import now
from heluo.kernel.jobs.actions import rescue_stalled_jobs
from heluo.kernel.jobs.enums import TroubleKind
from heluo.kernel.jobs.models import JobTrouble, WorkerBeat
from heluo.kernel.jobs.public import worker_alive
from tests.kernel.jobs import errands
from tests.server import REPOSITORY, with_database

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
PATIENCE = 120.0


def until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.05)


def status(job: int) -> str:
    return str(ProcrastinateJob.objects.values_list("status", flat=True).get(id=job))


class Diary:
    """What the errands wrote."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @property
    def lines(self) -> list[str]:
        return self.path.read_text().splitlines() if self.path.exists() else []

    def has(self, start: str) -> bool:
        return any(line.startswith(start) for line in self.lines)


@pytest.fixture
def diary(tmp_path: Path) -> Diary:
    return Diary(tmp_path / "diary")


Hire = Callable[..., subprocess.Popen[bytes]]


@pytest.fixture
def hire(diary: Diary) -> Iterator[Hire]:
    hired: list[subprocess.Popen[bytes]] = []

    def start(grace: float = 5.0) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.kernel.jobs.errands", str(diary.path), str(grace)],
            cwd=REPOSITORY,
            env={
                **os.environ,
                "DATABASE_URL": with_database(os.environ["DATABASE_URL"], connection.settings_dict["NAME"]),
                "PYTHONPATH": os.pathsep.join([str(REPOSITORY / "src"), str(REPOSITORY)]),
            },
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        hired.append(process)
        return process

    yield start
    for process in hired:
        process.kill()
        process.wait()


def test_a_worker_runs_jobs_and_pulses_and_leaves_when_asked(hire: Hire, diary: Diary) -> None:
    person = uuid4()
    job = errands.greet.defer(diary=str(diary.path), person=person)
    failing = errands.fail.defer(reason="no such street")
    worker = hire()
    until(lambda: status(job) == "succeeded" and status(failing) == "failed" and diary.has("tick"))
    assert diary.has(f"hello {person}")
    trouble = JobTrouble.objects.get(job_id=failing)
    assert trouble.sentence == "LookupError: no such street"
    assert "errands.py" in trouble.traceback
    until(worker_alive)
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(60) == 0
    assert not WorkerBeat.objects.exists()


def test_a_job_is_finished_before_the_worker_leaves(hire: Hire, diary: Diary) -> None:
    job = errands.long_once.defer(diary=str(diary.path), seconds=1.5)
    worker = hire()
    until(lambda: diary.has("began"))
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(60) == 0
    assert diary.has("ended")
    assert status(job) == "succeeded"


def test_jobs_that_do_not_end_in_time_are_given_back(hire: Hire, diary: Diary) -> None:
    again = errands.long_idempotent.defer(diary=str(diary.path), seconds=600)
    once = errands.long_once.defer(diary=str(diary.path), seconds=600)
    worker = hire(grace=1.0)
    until(lambda: diary.lines.count("began") == 2)
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(60) == 0
    assert (status(again), status(once)) == ("todo", "failed")
    assert set(JobTrouble.objects.values_list("kind", flat=True)) == {TroubleKind.STOPPED}


def test_jobs_of_a_killed_worker_are_found(hire: Hire, diary: Diary) -> None:
    again = errands.long_idempotent.defer(diary=str(diary.path), seconds=600)
    once = errands.long_once.defer(diary=str(diary.path), seconds=600)
    worker = hire()
    until(lambda: diary.lines.count("began") == 2)
    worker.kill()
    worker.wait()
    assert rescue_stalled_jobs(now=now()) == 0, "a silence of a moment is not yet a death"
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_workers SET last_heartbeat = last_heartbeat - interval '31 seconds'")
    hire()
    until(lambda: status(again) == "succeeded" and status(once) == "failed")
    assert diary.lines.count("began") == 3
    assert JobTrouble.objects.get(job_id=once).kind == TroubleKind.WORKER_DIED


def test_one_of_two_workers_runs_a_pulse_at_a_time(hire: Hire, diary: Diary) -> None:
    hire()
    hire()
    until(lambda: len({line for line in diary.lines if line.startswith("tick")}) == 2)


def test_a_worker_survives_the_loss_of_its_connections(hire: Hire, diary: Diary) -> None:
    hire()
    until(lambda: diary.has("tick"))
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    person = uuid4()
    job = errands.greet.defer(diary=str(diary.path), person=person)
    until(lambda: status(job) == "succeeded")
    ticks = len(diary.lines)
    until(lambda: len(diary.lines) > ticks + 2)


def test_a_job_that_keeps_killing_its_worker_is_stopped() -> None:
    job = errands.long_idempotent.defer(diary="nowhere", seconds=1)
    for expected in ("todo", "todo", "failed"):
        with connection.cursor() as cursor:
            cursor.execute("UPDATE procrastinate_jobs SET status = 'doing' WHERE id = %s", [job])
        assert rescue_stalled_jobs(now=now(), silent_for=timedelta(0)) == 1
        assert status(job) == expected
