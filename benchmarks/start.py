"""First and second start, idle memory, size on disk, with the limits they must keep.

    .venv/bin/python -m benchmarks.start

A first start here is `heluo run` on a new data folder, the small demo included; making `.venv` and the front end is not
in it (that is the package cache's and the network's time).
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil

from benchmarks.machine import print_table
from benchmarks.pages import REPOSITORY, free_port, running

FIRST_LIMIT, SECOND_LIMIT, STOP_LIMIT = 240.0, 10.0, 10.0
SETTLE = 10
"""Seconds of quiet before memory is read."""


def size_of(folder: Path) -> float:
    """MiB on disk, hard links counted once."""
    seen: dict[tuple[int, int], int] = {}
    for parent, _folders, files in os.walk(folder):
        for name in files:
            stat = (Path(parent) / name).lstat()
            seen[stat.st_dev, stat.st_ino] = stat.st_blocks * 512
    return sum(seen.values()) / 2**20


def memory_of(pid: int) -> float:
    """Proportional memory of a process and all its descendants, MiB: shared pages are counted once."""
    family = [psutil.Process(pid), *psutil.Process(pid).children(recursive=True)]
    return sum(process.memory_full_info().pss for process in family) / 2**20


def main() -> None:
    data = Path(tempfile.mkdtemp(prefix="heluo-bench-"))
    port = free_port()
    environment = {"DATA": str(data), "PORT": str(port), "STREAM_PORT": str(free_port())}
    command = [str(Path(sys.executable).parent / "heluo"), "run"]
    ready = f"http://localhost:{port}/healthz"
    times: list[float] = []
    memory = stopped = 0.0
    try:
        for _ in range(2):
            began = time.perf_counter()
            with running(command, environment, ready) as process:
                times.append(time.perf_counter() - began)
                time.sleep(SETTLE)
                memory = memory_of(process.pid)
                stopping = time.perf_counter()
            stopped = time.perf_counter() - stopping
        rows = [
            ("first start, demo included", times[0], "s", FIRST_LIMIT, times[0] / FIRST_LIMIT),
            ("second start", times[1], "s", SECOND_LIMIT, times[1] / SECOND_LIMIT),
            ("stop", stopped, "s", STOP_LIMIT, stopped / STOP_LIMIT),
            ("idle memory, everything", memory, "MiB", "", ""),
            ("data folder with the small demo", size_of(data), "MiB", "", ""),
            ("base install", base_install(), "MiB", "", ""),
        ]
    finally:
        shutil.rmtree(data, ignore_errors=True)
    print_table("Start, stop, memory, size", ["what", "measured", "unit", "limit", "share of the limit"], rows)


def base_install() -> float:
    """What `requirements.lock` alone takes, in a virtual environment of its own."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
        lock = REPOSITORY / "requirements.lock"
        pip = [f"{folder}/bin/python", "-m", "pip", "install", "--quiet", "--require-hashes", "-r", str(lock)]
        subprocess.run(pip, check=True)
        return size_of(Path(folder))


if __name__ == "__main__":
    main()
