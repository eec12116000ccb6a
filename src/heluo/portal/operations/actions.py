"""Repair by operators: `jobs` stands below `audit` and cannot write to it, so the audited deeds are here."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from heluo.kernel.actors.public import WHOLE_TREE, Actor, require
from heluo.kernel.audit.public import Subject, record
from heluo.kernel.jobs.public import cancel_job, job_numbered, retry_job, task_of
from heluo.portal.operations.access import Permission


@transaction.atomic
def retry(*, by: Actor, job_id: int, now: datetime) -> None:
    """Queue a failed or cancelled job again. Refuses `NotFound`, `JobCannotBeRetried`."""
    require(by, Permission.ACT)
    subject = _subject(job_id)
    retry_job(job_id=job_id, now=now)
    record(by=by, at=now, deed="operations.job_retried", subject=subject)


@transaction.atomic
def cancel(*, by: Actor, job_id: int, now: datetime) -> None:
    """Take a waiting job out of the queue. Refuses `NotFound`, `JobCannotBeCancelled`."""
    require(by, Permission.ACT)
    subject = _subject(job_id)
    cancel_job(job_id=job_id)
    record(by=by, at=now, deed="operations.job_cancelled", subject=subject)


def _subject(job_id: int) -> Subject:
    task = task_of(job_numbered(job_id))
    title = str(task.title) if task else _("旧版本的任务")
    return Subject(kind="job", id=str(job_id), title=title, path=WHOLE_TREE)
