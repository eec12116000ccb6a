"""One owner for each data folder, by a lock the system drops when the owner ends."""

import fcntl
import json
import os
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

Purpose = Literal["run", "command"]


@dataclass(frozen=True, slots=True)
class Holder:
    """Who holds a data folder: told to whoever comes second, never used to find or end a process."""

    pid: int
    purpose: Purpose
    since: str
    address: str = ""


class FolderTaken(RuntimeError):
    """Another process owns this data folder."""

    def __init__(self, data: Path, holder: Holder | None) -> None:
        self.holder = holder
        pid = holder.pid if holder else "?"
        since = holder.since if holder else "?"
        address = f" {holder.address}" if holder and holder.address else ""
        super().__init__(
            f"数据文件夹 {data} 正由另一个 heluo 使用（进程 {pid}，自 {since} 起{address}）。"
            f"请先停止它（在它的窗口按 Ctrl-C，或 kill {pid}），或者用 DATA=另一个文件夹 启动。\n"
            f"The data folder {data} is in use by another heluo (process {pid}, since {since}{address}). "
            f"Stop it first (Ctrl-C in its window, or kill {pid}), or start with DATA=another-folder."
        )


class FolderLock:
    """The lock of one data folder. Hold it as long as anything below the folder runs."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.path = data / "run" / "lock"
        self._descriptor: int | None = None

    def take(self, purpose: Purpose, address: str = "") -> None:
        """Take the lock or raise `FolderTaken`. The descriptor is not inherited: children never hold it."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            raise FolderTaken(self.data, self.holder()) from None
        now = datetime.now(UTC).astimezone().isoformat(sep=" ", timespec="seconds")
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, json.dumps(asdict(Holder(os.getpid(), purpose, now, address))).encode(), 0)
        self._descriptor = descriptor

    def release(self) -> None:
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def holder(self) -> Holder | None:
        """What the present or the last owner wrote."""
        try:
            return Holder(**json.loads(self.path.read_text()))
        except (OSError, ValueError, TypeError):
            return None
