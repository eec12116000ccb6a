"""Tasks and pulses, known by name."""

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, Generic, ParamSpec

import procrastinate
from django.utils.functional import Promise
from procrastinate.contrib.django import app as procrastinate_app

from heluo.kernel.jobs.plain import Plain, arguments_from_plain, to_plain

P = ParamSpec("P")
BACKOFF_BASE = 4
"""Seconds before the first retry; each later one waits that many times longer: 4, 16, 64, 256 …"""


def _stored(arguments: Mapping[str, object]) -> dict[str, Plain]:
    return {name: to_plain(value) for name, value in arguments.items()}


class Task(Generic[P]):
    """A named function that runs outside the request. Call it to run it now; `defer` it to run it after the commit."""

    def __init__(
        self,
        function: Callable[P, None],
        *,
        name: str,
        title: str | Promise,
        idempotent: bool,
        queue: str,
        retries: int,
    ) -> None:
        self.function = function
        self.name = name
        self.title = title
        self.idempotent = idempotent
        self.queue = queue
        self.retries = retries
        strategy = procrastinate.RetryStrategy(max_attempts=retries, exponential_wait=BACKOFF_BASE)
        declare = procrastinate_app.task(name=name, queue=queue, retry=strategy if retries else False)
        self._declared: procrastinate.tasks.Task[..., None, ...] = declare(partial(_run, function))

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> None:
        self.function(*args, **kwargs)

    def defer(self, *_: P.args, **kwargs: P.kwargs) -> int:
        """Queue one job in the open transaction (it runs after the commit) and return its id."""
        return self._declared.defer(**_stored(kwargs))

    def defer_at(self, at: datetime, *_: P.args, **kwargs: P.kwargs) -> int:
        """Queue one job that starts no earlier than an instant."""
        return self._declared.configure(schedule_at=at).defer(**_stored(kwargs))

    def defer_many(self, batch: Iterable[Mapping[str, object]]) -> list[int]:
        """Queue one job per set of arguments, in one statement."""
        stored: list[Any] = [_stored(arguments) for arguments in batch]
        return self._declared.batch_defer(*stored) if stored else []


def _run(function: Callable[..., None], **stored: Any) -> None:
    function(**arguments_from_plain(function, stored))


_tasks: dict[str, Task[...]] = {}


def task(
    *,
    name: str,
    title: str | Promise = "",
    idempotent: bool = False,
    queue: str = "default",
    retries: int = 0,
) -> Callable[[Callable[P, None]], Task[P]]:
    """Declare a background function of keyword ids, `<app>.<verb>`.

    `title` says in the operators' words what it does. `idempotent`: safe to run twice, so it is run again by itself
    when its worker died. `retries`: how often it is tried again after an error, 4, 16, 64 … seconds later.
    """

    def declare(function: Callable[P, None]) -> Task[P]:
        declared = Task(function, name=name, title=title, idempotent=idempotent, queue=queue, retries=retries)
        _tasks[name] = declared
        return declared

    return declare


def defer(name: str, **ids: object) -> int:
    """Queue a task by its name, in the open transaction: for actions, which stand below the module of the tasks."""
    return _tasks[name].defer(**ids)


def task_named(name: str) -> Task[...] | None:
    return _tasks.get(name)


def all_tasks() -> tuple[Task[...], ...]:
    return tuple(_tasks[name] for name in sorted(_tasks))


@dataclass(frozen=True, slots=True)
class Pulse:
    """A function the worker calls again and again, one worker at a time."""

    name: str
    title: str | Promise
    every: float
    function: Callable[[], None]

    @property
    def lock_key(self) -> int:
        """Key of the advisory lock that keeps a second worker out."""
        return int.from_bytes(hashlib.sha256(f"heluo.pulse.{self.name}".encode()).digest()[:8], "big", signed=True)


_pulses: dict[str, Pulse] = {}


def pulse(*, every: float, title: str | Promise = "") -> Callable[[Callable[[], None]], Callable[[], None]]:
    """Declare a function without arguments that the worker calls every so many seconds, one worker at a time.

    It must be quick, set-based and safe to skip or repeat. It opens its own transactions.
    """

    def declare(function: Callable[[], None]) -> Callable[[], None]:
        name = f"{function.__module__}.{function.__qualname__}".removeprefix("heluo.")
        _pulses[name] = Pulse(name=name, title=title, every=every, function=function)
        return function

    return declare


def all_pulses() -> tuple[Pulse, ...]:
    return tuple(_pulses[name] for name in sorted(_pulses))
