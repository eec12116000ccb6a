"""The worker's pulse loop: calls each pulse when it is due, under an advisory lock, whatever the database does."""

import os
import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta

import structlog
from django.db import DatabaseError, InterfaceError, close_old_connections, connection
from django.db.models.functions import Now

from heluo.kernel.clock.public import now
from heluo.kernel.jobs.models import PulseState, WorkerBeat
from heluo.kernel.jobs.registry import Pulse, all_pulses

log = structlog.get_logger(__name__)

SHARED_FROM = 5.0
"""Seconds. Pulses this slow keep their time across workers; faster ones only keep out of each other's way."""
STATE_EVERY = 5.0
"""Seconds between two writes of a fast pulse's state, and between two signs of life."""
THREADS = 3
LONGEST_WAIT = 0.1
"""Seconds between two looks at what is due."""
FORGOTTEN_AFTER = timedelta(days=1)
"""A worker silent for so long is no longer shown to operators."""
LONGEST_BACKOFF = 30.0
"""Seconds a failing pulse waits at most before it is tried again."""


@contextmanager
def alone(key: int) -> Iterator[bool]:
    """Hold a session's advisory lock if it is free; says whether it is held."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [key])
        held = bool(cursor.fetchone()[0])
    try:
        yield held
    finally:
        if held:
            try:
                with connection.cursor() as cursor:
                    cursor.execute("SELECT pg_advisory_unlock(%s)", [key])
            except (DatabaseError, InterfaceError):
                connection.close()  # ends the session, and the lock with it


@dataclass(slots=True)
class Beating:
    """One pulse as this worker runs it."""

    pulse: Pulse
    due_at: float = 0.0
    failures: int = 0
    written_at: float = 0.0
    running: Future[None] | None = field(default=None)

    def run(self) -> None:
        """Call the pulse once if no other worker does; never raises."""
        close_old_connections()
        try:
            with alone(self.pulse.lock_key) as held:
                if held and self._is_due():
                    self._call()
        except Exception as error:
            self._failed(error)
        finally:
            wait = min(self.pulse.every * 2**self.failures, max(self.pulse.every, LONGEST_BACKOFF))
            self.due_at = time.monotonic() + wait

    def _is_due(self) -> bool:
        """A slow pulse is due when no worker started it within its period."""
        if self.pulse.every < SHARED_FROM:
            return True
        state = PulseState.objects.filter(name=self.pulse.name).first()
        return state is None or (now() - state.started_at).total_seconds() >= self.pulse.every * 0.9

    def _call(self) -> None:
        started_at, began = now(), time.monotonic()
        self.pulse.function()
        seconds = time.monotonic() - began
        recovered, self.failures = self.failures > 0, 0
        if recovered or self.pulse.every >= SHARED_FROM or began - self.written_at >= STATE_EVERY:
            self.written_at = began
            PulseState.objects.update_or_create(
                name=self.pulse.name, defaults={"started_at": started_at, "seconds": seconds, "failures": 0}
            )

    def _failed(self, error: Exception) -> None:
        self.failures += 1
        if self.failures in {1, 10, 100}:
            log.error("pulse_failed", pulse=self.pulse.name, failures=self.failures, exc_info=error)
        try:
            PulseState.objects.update_or_create(
                name=self.pulse.name,
                defaults={"failures": self.failures, "trouble": f"{type(error).__name__}: {error}"},
                create_defaults={
                    "started_at": now(),
                    "seconds": 0,
                    "failures": self.failures,
                    "trouble": f"{type(error).__name__}: {error}",
                },
            )
        except (DatabaseError, InterfaceError):
            connection.close()


class PulseLoop(threading.Thread):
    """Runs every declared pulse until stopped, and writes the process's sign of life."""

    def __init__(self) -> None:
        super().__init__(name="heluo-pulses", daemon=True)
        self.stopping = threading.Event()
        self.beatings = [Beating(pulse) for pulse in all_pulses()]
        self._beat_id: int | None = None
        self._beaten_at = -STATE_EVERY

    def run(self) -> None:
        with ThreadPoolExecutor(max_workers=THREADS, thread_name_prefix="heluo-pulse") as threads:
            while not self.stopping.wait(LONGEST_WAIT):
                moment = time.monotonic()
                if moment - self._beaten_at >= STATE_EVERY:
                    self._beaten_at = moment
                    self._beat()
                for beating in self.beatings:
                    if (beating.running is None or beating.running.done()) and beating.due_at <= moment:
                        beating.running = threads.submit(beating.run)
        self._leave()

    def stop(self, timeout: float) -> None:
        """Let running pulses end, at most so many seconds."""
        self.stopping.set()
        self.join(timeout)

    def _beat(self) -> None:
        try:
            close_old_connections()
            if self._beat_id is None or not WorkerBeat.objects.filter(id=self._beat_id).update(beat_at=Now()):
                WorkerBeat.objects.filter(beat_at__lt=now() - FORGOTTEN_AFTER).delete()
                beat = WorkerBeat(host=socket.gethostname(), pid=os.getpid(), started_at=now(), beat_at=now())
                beat.save()
                self._beat_id = beat.id
        except (DatabaseError, InterfaceError):
            connection.close()

    def _leave(self) -> None:
        try:
            if self._beat_id is not None:
                WorkerBeat.objects.filter(id=self._beat_id).delete()
            connection.close()
        except (DatabaseError, InterfaceError):
            log.info("worker_left_without_goodbye")
