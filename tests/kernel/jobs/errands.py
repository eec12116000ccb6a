"""Tasks and a pulse for the worker's tests, and the worker process itself: `python -m tests.kernel.jobs.errands`."""

import os
import sys
import time
from pathlib import Path
from uuid import UUID

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "heluo.site.settings")
if __name__ == "__main__":
    django.setup()

from heluo.kernel.jobs.public import pulse, task


def _note(diary: str, line: str) -> None:
    with Path(diary).open("a") as book:
        book.write(f"{line}\n")


@task(name="tests.greet", idempotent=True)
def greet(*, diary: str, person: UUID) -> None:
    _note(diary, f"hello {person}")


@task(name="tests.long_idempotent", idempotent=True)
def long_idempotent(*, diary: str, seconds: float) -> None:
    """Takes long at the first attempt only."""
    mark = Path(f"{diary}.attempted")
    is_first = not mark.exists()
    mark.touch()
    _note(diary, "began")
    time.sleep(seconds if is_first else 0)
    _note(diary, "ended")


@task(name="tests.long_once")
def long_once(*, diary: str, seconds: float) -> None:
    _note(diary, "began")
    time.sleep(seconds)
    _note(diary, "ended")


@task(name="tests.fail")
def fail(*, reason: str) -> None:
    raise LookupError(reason)


@task(name="tests.fail_twice", retries=1)
def fail_twice(*, diary: str) -> None:
    _note(diary, "tried")
    raise LookupError("again")


if __name__ == "__main__":
    from heluo.kernel.jobs import beating, registry, worker

    diary = sys.argv[1]
    grace = float(sys.argv[2])

    @pulse(every=0.2)
    def tick() -> None:
        _note(diary, f"tick {os.getpid()}")

    registry._pulses = {name: found for name, found in registry._pulses.items() if "tick" in name or "rescue" in name}
    beating.STATE_EVERY = 0.5
    worker.run_worker(grace=grace)
