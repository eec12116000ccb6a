"""An operator with a browser, and jobs in any state."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client

from heluo.kernel.access.resolution import actor_for
from heluo.kernel.actors.enums import Role
from heluo.kernel.actors.public import Actor
from heluo.kernel.clock.public import local_day, now
from heluo.kernel.jobs.enums import JobState, TroubleKind
from heluo.kernel.jobs.models import JobTrouble
from heluo.kernel.jobs.public import task
from tests.accounts import MakeAccount

MakeJob = Callable[..., int]


@task(name="tests.water_the_flowers", title="浇花", idempotent=True)
def water() -> None:
    """Safe to do twice."""


@task(name="tests.send_the_letter", title="寄信")
def send() -> None:
    """Not safe to do twice."""


@pytest.fixture
def make_job(db: None) -> MakeJob:
    """A job in a state; with `error`, one that failed before with that line."""

    def make(state: JobState = JobState.FAILED, *, error: str = "", repeatable: bool = True) -> int:
        number = (water if repeatable else send).defer()
        stored = JobState.RUNNING if state == JobState.STALLED else state
        with connection.cursor() as cursor:
            if stored != JobState.WAITING:
                cursor.execute("UPDATE procrastinate_jobs SET status = 'doing' WHERE id = %s", [number])
            if stored not in {JobState.WAITING, JobState.RUNNING}:
                cursor.execute("UPDATE procrastinate_jobs SET status = %s WHERE id = %s", [stored.value, number])
            if state == JobState.RUNNING:
                cursor.execute("INSERT INTO procrastinate_workers DEFAULT VALUES RETURNING id")
                cursor.execute(
                    "UPDATE procrastinate_jobs SET worker_id = %s WHERE id = %s", [cursor.fetchone()[0], number]
                )
        if error:
            JobTrouble.objects.create(job_id=number, kind=TroubleKind.ERROR, at=now(), sentence=error)
        return number

    return make


@pytest.fixture
def operator(make_account: MakeAccount) -> Actor:
    return actor_for(make_account("operator1", Role.OPERATOR), on=local_day(now()))


@pytest.fixture
def browser(make_account: MakeAccount) -> Client:
    """An operator's browser."""
    browser = Client()
    browser.force_login(make_account("operator2", Role.OPERATOR))
    return browser
