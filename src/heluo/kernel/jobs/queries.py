"""Reads for the health check, the figures and the operators' pages."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import BooleanField, Case, Count, DateTimeField, Max, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Now
from procrastinate.contrib.django.models import ProcrastinateEvent, ProcrastinateJob, ProcrastinateWorker

from heluo.kernel.actors.errors import NotFound
from heluo.kernel.jobs.enums import JobMoment, JobState
from heluo.kernel.jobs.models import JobTrouble, PulseState, WorkerBeat
from heluo.kernel.jobs.registry import Pulse, Task, all_pulses, task_named

ALIVE_WITHIN = timedelta(seconds=20)
SILENT_FOR = timedelta(seconds=30)
"""A worker that gave no sign of life for so long is dead."""
LATE_AFTER = timedelta(seconds=30)
"""A pulse is late when its last run lies so far beyond its period."""
SCHEDULED = "scheduled"
"""procrastinate's note of when a job shall start: a moment to come, not one that was."""
STALLED = Q(status=JobState.RUNNING) & (
    Q(worker__isnull=True) | Q(worker__last_heartbeat__lt=Now() - Value(SILENT_FOR))
)


def worker_alive() -> bool:
    """Whether some worker both takes jobs and runs pulses: two signs of life, each at most 20 s old."""
    since = Now() - ALIVE_WITHIN
    return (
        WorkerBeat.objects.filter(beat_at__gte=since).exists()
        and ProcrastinateWorker.objects.filter(last_heartbeat__gte=since).exists()
    )


def workers() -> QuerySet[WorkerBeat]:
    """Worker processes seen within a day, the liveliest first, each with `is_alive`."""
    alive = Case(When(beat_at__gte=Now() - ALIVE_WITHIN, then=True), default=False, output_field=BooleanField())
    return WorkerBeat.objects.annotate(is_alive=alive).order_by("-beat_at", "-id")


@dataclass(frozen=True, slots=True)
class SeenPulse:
    """A declared pulse and its last run, if it ever ran."""

    pulse: Pulse
    state: PulseState | None
    is_late: bool


def pulses(*, now: datetime) -> list[SeenPulse]:
    """Every declared pulse with its last run; one query."""
    states = {state.name: state for state in PulseState.objects.all()}
    return [_seen(pulse, states.get(pulse.name), now) for pulse in all_pulses()]


def _seen(pulse: Pulse, state: PulseState | None, now: datetime) -> SeenPulse:
    patience = timedelta(seconds=pulse.every) + LATE_AFTER
    return SeenPulse(pulse, state, is_late=state is None or now - state.started_at > patience)


def job_counts() -> dict[JobState, int]:
    """Jobs by state, every state named. Finished ones are purged after a week, so this stays a small table."""
    state = Case(When(STALLED, then=Value(JobState.STALLED.value)), default=_status())
    counted = dict(ProcrastinateJob.objects.annotate(state=state).values_list("state").annotate(count=Count("id")))
    return {state: counted.get(state.value, 0) for state in JobState}


def jobs_in(state: JobState) -> "QuerySet[ProcrastinateJob]":
    """The jobs in a state, each with `changed_at`, the moment it came to it. Order by `-id`."""
    jobs = _jobs()
    if state == JobState.STALLED:
        return jobs.filter(STALLED)
    chosen = jobs.filter(status=state)
    return chosen.exclude(STALLED) if state == JobState.RUNNING else chosen


def job_numbered(number: int) -> ProcrastinateJob:
    """One job, with `changed_at` and `state`; refuses an unknown number with `NotFound`."""
    job = _jobs().filter(pk=number).first()
    if job is None:
        raise NotFound
    return job


def state_of(job: ProcrastinateJob) -> JobState:
    """The state of a job read by this module."""
    return JobState(job.state)  # type: ignore[attr-defined]  # annotated by `_jobs`


def task_of(job: ProcrastinateJob) -> "Task[...] | None":
    """The task of a job; none where an older release knew it."""
    return task_named(job.task_name)


def last_troubles(jobs: Iterable[ProcrastinateJob]) -> dict[int, JobTrouble]:
    """Job → its newest trouble, in one query."""
    numbers = [job.pk for job in jobs]
    newest = JobTrouble.objects.filter(job_id__in=numbers).order_by("job_id", "-at", "-id").distinct("job_id")
    return {trouble.job_id: trouble for trouble in newest}


@dataclass(frozen=True, slots=True)
class Happened:
    """One moment in the life of a job; `trouble` says why a run ended badly."""

    moment: JobMoment
    at: datetime
    trouble: JobTrouble | None = None


def history_of(job: ProcrastinateJob) -> list[Happened]:
    """What happened to a job, oldest first. Two queries."""
    events = ProcrastinateEvent.objects.filter(job_id=job.pk).order_by("at", "id").values_list("type", "at")
    happened = [Happened(JobMoment(kind), at) for kind, at in events if kind in JobMoment.values]
    troubles = JobTrouble.objects.filter(job_id=job.pk).order_by("at", "id")
    happened += [Happened(JobMoment.TROUBLE, trouble.at, trouble) for trouble in troubles]
    return sorted(happened, key=lambda one: one.at)


def is_under_way(task_name: str) -> bool:
    """Whether a job of a task waits or runs."""
    return ProcrastinateJob.objects.filter(
        task_name=task_name, status__in=(JobState.WAITING, JobState.RUNNING)
    ).exists()


def _status() -> Case:
    """The stored state as text: PostgreSQL compares its own enum with nothing else."""
    states = [state for state in JobState if state != JobState.STALLED]
    return Case(*(When(status=state.value, then=Value(state.value)) for state in states), default=Value(""))


def _jobs() -> "QuerySet[ProcrastinateJob]":
    last = (
        ProcrastinateEvent.objects.filter(job_id=OuterRef("pk"))
        .exclude(type=SCHEDULED)
        .values("job_id")
        .annotate(last=Max("at"))
        .values("last")
    )
    jobs: QuerySet[ProcrastinateJob] = ProcrastinateJob.objects.annotate(
        state=Case(When(STALLED, then=Value(JobState.STALLED.value)), default=_status()),
        changed_at=Subquery(last, output_field=DateTimeField()),
    )
    return jobs
