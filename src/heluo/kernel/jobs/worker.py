"""The worker process: procrastinate takes the jobs, the pulse loop runs beside it, and neither gives up on a database
that is away for a while."""

import asyncio
import contextlib
import os
import signal
import threading
import traceback
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, cast

import structlog
from django.db import DatabaseError, InterfaceError, connection
from procrastinate.contrib.django import app as declared_app
from procrastinate.contrib.django.db_cleanup import DjangoApp
from procrastinate.contrib.django.django_connector import DjangoConnector
from procrastinate.exceptions import ProcrastinateException
from procrastinate.job_context import JobContext
from procrastinate.worker import Worker

from heluo.kernel.clock.public import now
from heluo.kernel.jobs.actions import rescue_stalled_jobs
from heluo.kernel.jobs.beating import PulseLoop
from heluo.kernel.jobs.enums import TroubleKind
from heluo.kernel.jobs.models import JobTrouble

log = structlog.get_logger(__name__)

CONCURRENCY = 4
HEARTBEAT_EVERY = 5.0
"""Seconds between procrastinate's heartbeats; six missed ones and the worker counts as dead."""
GRACE = 8.0
"""Seconds that running jobs get to end after a stop was asked for; then they are given back."""
RECONNECT_AFTER = 1.0
POLL_EVERY = 2.0
"""Seconds after which the queue is looked at even without a notification (retries have none)."""


def run_worker(*, concurrency: int = CONCURRENCY, grace: float = GRACE) -> None:
    """Take jobs and run pulses until SIGTERM or SIGINT. Blocks; call it in the main thread of a process of its own.

    Jobs still running `grace` seconds after the signal are given back: idempotent ones are queued again, others fail
    with an explanation. The process then ends at once.
    """
    pulses = PulseLoop()
    pulses.start()
    worker = _Worker(concurrency=concurrency, grace=grace)
    try:
        asyncio.run(worker.run())
    finally:
        pulses.stop(timeout=grace)
        worker.ended.set()


class _Worker:
    """procrastinate's worker, started again whenever the database connection was lost."""

    def __init__(self, *, concurrency: int, grace: float) -> None:
        self.concurrency = concurrency
        self.grace = grace
        self.ended = threading.Event()
        self.ids: set[int] = set()

    async def run(self) -> None:
        loop = asyncio.get_running_loop()
        loop.set_default_executor(ThreadPoolExecutor(self.concurrency + 2, thread_name_prefix="heluo-job"))
        stopping = asyncio.Event()

        def stop() -> None:
            if not stopping.is_set():
                log.info("worker_stopping")
                stopping.set()
                threading.Thread(target=self._leave_in_time, name="heluo-leave", daemon=True).start()

        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, stop)
        while not stopping.is_set():
            taking = asyncio.create_task(self._take_jobs())
            asked = asyncio.create_task(stopping.wait())
            await asyncio.wait({taking, asked}, return_when=asyncio.FIRST_COMPLETED)
            asked.cancel()
            taking.cancel()
            try:
                await taking
            except asyncio.CancelledError:
                pass
            except (ProcrastinateException, DatabaseError, InterfaceError, OSError) as error:
                log.warning("worker_lost_the_database", error=str(error))
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stopping.wait(), RECONNECT_AFTER)

    async def _take_jobs(self) -> None:
        connector = cast(DjangoConnector, declared_app.connector).get_worker_connector()
        # An app of its own: replacing the declared app's connector would let jobs defer outside their transaction.
        app = DjangoApp(connector=connector, worker_defaults={"task_middleware": [self._run_one]})
        app.tasks = declared_app.tasks
        async with app.open_async():
            await app.run_worker_async(
                name="heluo",
                concurrency=self.concurrency,
                install_signal_handlers=False,
                update_heartbeat_interval=HEARTBEAT_EVERY,
                fetch_job_polling_interval=POLL_EVERY,
            )

    def _run_one(self, call_next: Callable[[], Any], context: JobContext, worker: Worker) -> Any:
        """Around each job, in its thread: what it logs and audits carries its number; why it fails is kept."""
        if worker.worker_id is not None:
            self.ids.add(worker.worker_id)
        job = context.job
        with structlog.contextvars.bound_contextvars(request_id=f"job-{job.id}"):
            try:
                return call_next()
            except Exception as error:
                log.exception("job_failed", task=job.task_name, job=job.id, attempt=job.attempts + 1)
                self._keep(cast(int, job.id), error)
                raise

    @staticmethod
    def _keep(job_id: int, error: Exception) -> None:
        try:
            JobTrouble.objects.create(
                job_id=job_id,
                kind=TroubleKind.ERROR,
                at=now(),
                sentence=f"{type(error).__name__}: {error}",
                traceback="".join(traceback.format_exception(error)),
            )
        except (DatabaseError, InterfaceError):
            connection.close()

    def _leave_in_time(self) -> None:
        """End the process when running jobs do not end by themselves: their threads cannot be interrupted."""
        if self.ended.wait(self.grace):
            return
        with contextlib.suppress(DatabaseError, InterfaceError):
            given_back = rescue_stalled_jobs(now=now(), leaving=self.ids)
            log.warning("worker_gave_jobs_back", jobs=given_back)
        os._exit(0)
