"""What the rest of the house calls: `from heluo.kernel.jobs.public import pulse, task`."""

from heluo.kernel.jobs.plain import NotPlain, Plain, arguments_from_plain, from_plain, to_plain
from heluo.kernel.jobs.queries import worker_alive
from heluo.kernel.jobs.registry import Pulse, Task, all_pulses, all_tasks, defer, pulse, task, task_named

__all__ = [
    "NotPlain",
    "Plain",
    "Pulse",
    "Task",
    "all_pulses",
    "all_tasks",
    "arguments_from_plain",
    "defer",
    "from_plain",
    "pulse",
    "task",
    "task_named",
    "to_plain",
    "worker_alive",
]
