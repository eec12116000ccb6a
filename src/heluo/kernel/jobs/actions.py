"""Repair: what happens to jobs whose worker is gone, and what an operator may order."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import connection, transaction

from heluo.kernel.jobs.enums import TroubleKind
from heluo.kernel.jobs.errors import JobCannotBeCancelled, JobCannotBeRetried
from heluo.kernel.jobs.models import JobTrouble
from heluo.kernel.jobs.queries import SILENT_FOR
from heluo.kernel.jobs.registry import all_tasks

DEATHS_ALLOWED = 3
"""A job whose worker died under it this often is not tried again: it may be what kills them."""

_STALLED = """
    SELECT job.id, job.task_name,
           (SELECT count(*) FROM jobs_jobtrouble t WHERE t.job_id = job.id AND t.kind = %(died)s) AS deaths,
           coalesce(worker.id = ANY(%(leaving)s), false) AS given_back
      FROM procrastinate_jobs job
      LEFT JOIN procrastinate_workers worker ON worker.id = job.worker_id
     WHERE job.status = 'doing'
       AND (worker.id IS NULL OR worker.last_heartbeat < now() - %(silent)s::interval OR worker.id = ANY(%(leaving)s))
       FOR UPDATE OF job SKIP LOCKED
"""


@transaction.atomic
def rescue_stalled_jobs(*, now: datetime, leaving: Iterable[int] = (), silent_for: timedelta = SILENT_FOR) -> int:
    """Queue again the idempotent jobs of dead workers, fail the others with an explanation; how many there were.

    `leaving`: workers (procrastinate ids) that are about to end and give their running jobs back.
    """
    may_repeat = {task.name for task in all_tasks() if task.idempotent}
    with connection.cursor() as cursor:
        cursor.execute(
            _STALLED,
            {
                "died": TroubleKind.WORKER_DIED,
                "silent": f"{silent_for.total_seconds()} seconds",
                "leaving": list(leaving),
            },
        )
        stalled = cursor.fetchall()
        again = [job for job, name, deaths, _ in stalled if name in may_repeat and deaths + 1 < DEATHS_ALLOWED]
        failed = [job for job, *_ in stalled if job not in set(again)]
        cursor.execute(
            "SELECT procrastinate_retry_job_v2(id, %s, NULL, NULL, NULL) FROM unnest(%s::bigint[]) AS id", [now, again]
        )
        cursor.execute(
            "SELECT procrastinate_finish_job_v1(id, 'failed', false) FROM unnest(%s::bigint[]) AS id", [failed]
        )
    JobTrouble.objects.bulk_create(
        JobTrouble(job_id=job, kind=TroubleKind.STOPPED if given_back else TroubleKind.WORKER_DIED, at=now)
        for job, _, _, given_back in stalled
    )
    return len(stalled)


def retry_job(*, job_id: int, now: datetime) -> None:
    """Queue a failed, cancelled or aborted job again. The caller has checked the right and keeps the audit."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE procrastinate_jobs SET status = 'todo', scheduled_at = %s, abort_requested = false"
            " WHERE id = %s AND status IN ('failed', 'cancelled', 'aborted')",
            [now, job_id],
        )
        if not cursor.rowcount:
            raise JobCannotBeRetried


def cancel_job(*, job_id: int) -> None:
    """Take a waiting job out of the queue. The caller has checked the right and keeps the audit."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT procrastinate_cancel_job_v1(%s, false, false)", [job_id])
        if cursor.fetchone()[0] is None:
            raise JobCannotBeCancelled


def purge_finished_jobs(*, now: datetime, limit: int = 5000) -> int:
    """Delete jobs that ended well or were cancelled a week ago, and failed ones after a quarter; how many."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            DELETE FROM procrastinate_jobs WHERE id IN (
                SELECT job.id FROM procrastinate_jobs job
                 WHERE job.status IN ('succeeded', 'cancelled', 'aborted', 'failed')
                   AND (SELECT max(event.at) FROM procrastinate_events event WHERE event.job_id = job.id)
                       < CASE WHEN job.status = 'failed' THEN %(failed)s ELSE %(finished)s END
                 LIMIT %(limit)s)
            RETURNING id
            """,
            {"failed": now - timedelta(days=90), "finished": now - timedelta(days=7), "limit": limit},
        )
        gone = [job for (job,) in cursor.fetchall()]
    JobTrouble.objects.filter(job_id__in=gone).delete()
    return len(gone)
