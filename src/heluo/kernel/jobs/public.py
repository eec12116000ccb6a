"""What the rest of the house calls: `from heluo.kernel.jobs.public import pulse, task`."""

from heluo.kernel.jobs.actions import cancel_job, retry_job
from heluo.kernel.jobs.plain import NotPlain, Plain, arguments_from_plain, from_plain, to_plain
from heluo.kernel.jobs.queries import (
    Happened,
    SeenPulse,
    history_of,
    is_under_way,
    job_counts,
    job_numbered,
    jobs_in,
    last_troubles,
    pulses,
    state_of,
    task_of,
    worker_alive,
    workers,
)
from heluo.kernel.jobs.registry import Pulse, Task, all_pulses, all_tasks, defer, pulse, task, task_named

__all__ = [
    "Happened",
    "NotPlain",
    "Plain",
    "Pulse",
    "SeenPulse",
    "Task",
    "all_pulses",
    "all_tasks",
    "arguments_from_plain",
    "cancel_job",
    "defer",
    "from_plain",
    "history_of",
    "is_under_way",
    "job_counts",
    "job_numbered",
    "jobs_in",
    "last_troubles",
    "pulse",
    "pulses",
    "retry_job",
    "state_of",
    "task",
    "task_named",
    "task_of",
    "to_plain",
    "worker_alive",
    "workers",
]
