"""`python -m heluo.site.working`: one worker, in a process of its own."""

import os

import django

from heluo.kernel.jobs.worker import run_worker

GRACE = 4.0
"""Seconds for running jobs once asked to stop: below the supervisor's own patience."""


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "heluo.site.settings")
    django.setup()
    run_worker(grace=GRACE)


if __name__ == "__main__":
    main()
