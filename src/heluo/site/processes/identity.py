"""Who a process is. A pid alone is never believed: pids come back."""

import json
import os
import signal
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

import psutil

BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


@dataclass(frozen=True, slots=True)
class Identity:
    """A process: its pid, when it started (exact, as the system tells it) and its command line."""

    pid: int
    started: str
    command: tuple[str, ...]

    def is_running(self) -> bool:
        return identity_of(self.pid) == self


def start_stamp(pid: int) -> str:
    """When a process started, in a form that only equals itself: never off by a clock that was set."""
    try:
        after_name = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return f"{BOOT_ID.read_text().strip()}:{after_name[19]}"
    except FileNotFoundError:
        return repr(psutil.Process(pid).create_time())


def identity_of(pid: int) -> Identity | None:
    """The identity of a running process, or None where there is none (or it may not be looked at: then not ours)."""
    try:
        process = psutil.Process(pid)
        if process.status() == psutil.STATUS_ZOMBIE:
            return None
        return Identity(pid, start_stamp(pid), tuple(process.cmdline()))
    except (psutil.Error, OSError, ValueError):
        return None


class RunRecords:
    """The run records of one data folder: one file for each child."""

    def __init__(self, data: Path) -> None:
        self.folder = data / "run"

    def _path(self, name: str) -> Path:
        return self.folder / f"{name}.json"

    def write(self, name: str, pid: int) -> None:
        identity = identity_of(pid)
        if identity is None:
            return
        self.folder.mkdir(parents=True, exist_ok=True)
        making = self._path(name).with_suffix(".new")
        making.write_text(json.dumps(asdict(identity), ensure_ascii=False))
        making.replace(self._path(name))

    def forget(self, name: str) -> None:
        self._path(name).unlink(missing_ok=True)

    def read(self, name: str) -> Identity | None:
        try:
            stored = json.loads(self._path(name).read_text())
            return Identity(int(stored["pid"]), str(stored["started"]), tuple(map(str, stored["command"])))
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def names(self) -> list[str]:
        return sorted(path.stem for path in self.folder.glob("*.json"))

    def reclaim(self, pause: Callable[[float], None], say: Callable[[str], None]) -> None:
        """End the leftovers of an earlier run, the database last; leave every other process alone."""
        leftovers = [(name, identity) for name in self.names() if (identity := self.read(name))]
        for name, identity in sorted(leftovers, key=lambda pair: pair[0] == "postgres"):
            if identity.is_running():
                say(f"结束上次留下的进程 / ending a leftover process: {name} ({identity.pid})")
                _end(identity, pause)
        for name in self.names():
            self.forget(name)


def _end(identity: Identity, pause: Callable[[float], None]) -> None:
    """Ask, then insist after five seconds. A database server is asked for a fast shutdown and never insisted on."""
    is_database = Path(identity.command[0]).name.startswith("postgres")
    os.kill(identity.pid, signal.SIGINT if is_database else signal.SIGTERM)
    waited = 0.0
    while identity.is_running():
        pause(0.05)
        waited += 0.05
        if waited > 5 and not is_database:
            os.kill(identity.pid, signal.SIGKILL)
