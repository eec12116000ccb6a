"""A process we started: recorded, tied to us, restarted with back-off by the conductor."""

import os
import signal
import subprocess
import time
from collections import deque
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from heluo.site.processes.identity import RunRecords
from heluo.site.processes.lifeline import lifeline

LONGEST_PAUSE = 30.0
STEADY_AFTER = 60.0
LOG_LIMIT = 16 * 1024 * 1024


@dataclass
class BackOff:
    """How long to wait before the next restart: 0.5 s, doubled up to 30 s; anew after a steady minute."""

    failures: int = 0
    due: float = 0.0

    def failed(self, lived: float) -> float:
        """Count a failure after `lived` seconds of life; the seconds to wait."""
        self.failures = 1 if lived > STEADY_AFTER else self.failures + 1
        wait: float = min(LONGEST_PAUSE, 0.5 * 2 ** (self.failures - 1))
        self.due = time.monotonic() + wait
        return wait


@dataclass
class Child:
    """One child and how to start it. `titles` are its names for people: Chinese, English."""

    name: str
    titles: tuple[str, str]
    command: Sequence[str]
    records: RunRecords
    log: Path
    environment: Mapping[str, str]
    back_off: BackOff = field(default_factory=BackOff)
    process: subprocess.Popen[bytes] | None = None
    born: float = 0.0

    def start(self) -> None:
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                list(self.command),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=dict(self.environment),
                start_new_session=True,
                preexec_fn=lifeline(signal.SIGKILL),  # noqa: PLW1509  # the supervisor has one thread
            )
        self.born = time.monotonic()
        self.records.write(self.name, self.process.pid)

    @property
    def is_running(self) -> bool:
        """Whether it was started and has not ended. One that ended is not reaped here: its pid stays ours."""
        if self.process is None or self.process.returncode is not None:
            return False
        if not hasattr(os, "waitid"):
            return self.process.poll() is None
        return os.waitid(os.P_PID, self.process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None

    def ask(self) -> None:
        """Ask it to stop."""
        if self.is_running and self.process is not None:
            self.process.send_signal(signal.SIGTERM)

    def end(self) -> int:
        """End it and everything in its session now, if anything is left; its exit code."""
        if self.process is None:
            return 0
        if self.process.returncode is None:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid, signal.SIGKILL)
        code = self.process.wait()
        self.records.forget(self.name)
        self.process = None
        return code

    def last_words(self, lines: int = 12) -> str:
        with suppress(OSError), self.log.open(encoding="utf-8", errors="replace") as log:
            return "".join(deque(log, maxlen=lines)).rstrip()
        return ""


def trim_log(path: Path, limit: int = LOG_LIMIT) -> None:
    """Keep a log below a size: what is in it goes to `<name>.1`. In place, since its writer keeps the file open."""
    with suppress(OSError):
        if path.stat().st_size > limit:
            path.with_suffix(f"{path.suffix}.1").write_bytes(path.read_bytes())
            os.truncate(path, 0)
