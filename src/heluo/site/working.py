"""`python -m heluo.site.working`: one worker, in a process of its own."""

import os

import django

GRACE = 4.0
"""Seconds for running jobs once asked to stop: below the supervisor's own patience."""


def work() -> None:
    """Take jobs until asked to stop. Django is set up by now, which the worker's own imports need."""
    from heluo.kernel.jobs.worker import run_worker  # noqa: PLC0415

    run_worker(grace=GRACE)


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "heluo.site.settings")
    django.setup()
    work()


if __name__ == "__main__":
    main()
