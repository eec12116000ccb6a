"""States and jobs as operators read them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from procrastinate.contrib.django.models import ProcrastinateJob

from heluo.kernel.actors.public import house_apps
from heluo.kernel.clock.public import now
from heluo.kernel.jobs.enums import JobState
from heluo.kernel.jobs.public import last_troubles, state_of, task_of
from heluo.kernel.pages.enums import Tone
from heluo.portal.operations.pages.explaining import Explanation, explain

TONES = {
    JobState.FAILED: Tone.DANGER,
    JobState.STALLED: Tone.DANGER,
    JobState.RUNNING: Tone.INFO,
    JobState.WAITING: Tone.WAITING,
    JobState.SUCCEEDED: Tone.SUCCESS,
    JobState.CANCELLED: Tone.NEUTRAL,
    JobState.ABORTED: Tone.NEUTRAL,
}
"""In the order to show the states: what needs somebody first."""
EXPLAINED = frozenset({JobState.FAILED, JobState.STALLED, JobState.WAITING})
"""States in which the last trouble still matters."""


@dataclass(frozen=True, slots=True)
class ShownJob:
    """A job with its words."""

    job: ProcrastinateJob
    state: JobState
    title: str
    about: str
    reason: Explanation | None

    @property
    def tone(self) -> Tone:
        return TONES[self.state]

    @property
    def waits_until(self) -> datetime | None:
        """When a waiting job may start at the earliest, if that is still to come."""
        at = self.job.scheduled_at
        return at if self.state == JobState.WAITING and at is not None and at > now() else None

    @property
    def tries(self) -> int:
        """Runs so far; procrastinate counts a run when it has ended."""
        return self.job.attempts + (self.state in {JobState.RUNNING, JobState.STALLED})


def shown_jobs(jobs: Sequence[ProcrastinateJob]) -> list[ShownJob]:
    """Jobs in words; one query for all their troubles."""
    troubles = last_troubles(jobs)
    return [
        ShownJob(
            job=job,
            state=state_of(job),
            title=title_of(job),
            about=_about(job),
            reason=explain(troubles[job.pk]) if job.pk in troubles and state_of(job) in EXPLAINED else None,
        )
        for job in jobs
    ]


def title_of(job: ProcrastinateJob) -> str:
    """What a job does, in the words of its task."""
    task = task_of(job)
    return str(task.title) if task else _("旧版本的任务")


def _about(job: ProcrastinateJob) -> str:
    """For news between apps: from where to where, and how much."""
    if job.task_name != "events.hear":
        return ""
    source = app_title(str(job.args.get("event", "")))
    target = app_title(str(job.args.get("listener", "")))
    return _("{source} → {target}，{count} 条").format(
        source=source, target=target, count=len(job.args.get("announcements", ()))
    )


def app_title(name: str) -> str | Promise:
    """The title of the app that an event (`people.registered`) or a function (`heluo.kernel.people.…`) belongs to."""
    for config in house_apps():
        if name.startswith((f"{config.label}.", f"{config.name}.")):
            return config.manifest.title
    return _("其他部分")
