"""Finished jobs are forgotten after a week, failed ones after a quarter; what waits or runs stays."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from procrastinate.contrib.django.models import ProcrastinateJob

from heluo.kernel.jobs.actions import purge_finished_jobs
from heluo.kernel.jobs.enums import TroubleKind
from heluo.kernel.jobs.models import JobTrouble
from tests.kernel.jobs import errands

NOW = datetime(2026, 9, 30, 4, tzinfo=UTC)
WEEK, QUARTER, MOMENT = timedelta(days=7), timedelta(days=90), timedelta(minutes=1)


def a_job(status: str, age: timedelta) -> int:
    """A job whose last event lies so far back."""
    job = errands.fail.defer(reason="no such street")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET status = %s WHERE id = %s", [status, job])
        cursor.execute("UPDATE procrastinate_events SET at = %s WHERE job_id = %s", [NOW - age, job])
    if status == "failed":
        JobTrouble.objects.create(job_id=job, kind=TroubleKind.ERROR, at=NOW - age, sentence="no such street")
    return job


@pytest.mark.django_db
def test_finished_jobs_go_after_a_week_and_failed_ones_after_a_quarter() -> None:
    for status in ("succeeded", "cancelled", "aborted"):
        a_job(status, WEEK + MOMENT)
    a_job("failed", QUARTER + MOMENT)
    kept = {
        a_job("succeeded", WEEK - MOMENT),
        a_job("failed", QUARTER - MOMENT),
        a_job("todo", QUARTER + MOMENT),
        a_job("doing", QUARTER + MOMENT),
    }
    assert purge_finished_jobs(now=NOW, limit=3) == 3, "in batches"
    assert purge_finished_jobs(now=NOW) == 1
    assert purge_finished_jobs(now=NOW) == 0
    assert set(ProcrastinateJob.objects.values_list("id", flat=True)) == kept
    assert set(JobTrouble.objects.values_list("job_id", flat=True)) < kept
