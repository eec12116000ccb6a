"""The whole platform as a process, for the tests of this folder."""

import http.client
import os
import random
import signal
import socket
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import psutil

from heluo.site.environment import STREAM_STEP
from heluo.site.processes.identity import RunRecords
from tests.server import REPOSITORY

START_LIMIT = 240.0
"""Seconds for a start without the demo on a busy machine; an idle one takes less than ten."""
PORTS = range(10_000, 32_000)
"""Below the ports that systems hand out to outgoing connections: none of those takes one before its server does."""


def free_port() -> int:
    """A port nobody listens on, whose neighbour for live updates is free too."""
    while True:
        port = random.choice(PORTS)  # noqa: S311  # not a secret
        with socket.socket() as first, socket.socket() as second:
            try:
                first.bind(("127.0.0.1", port))
                second.bind(("127.0.0.1", port + STREAM_STEP))
            except OSError:
                continue
            return port


def variables(data: Path, port: int, **more: str) -> dict[str, str]:
    """A clean environment: none of the test run's own variables."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return {
        **kept,
        "PYTHONPATH": str(REPOSITORY / "src"),
        "DATA": str(data),
        "PORT": str(port),
        "DEMO": "0",
        "WEB_WORKERS": "1",
        **more,
    }


def heluo(
    data: Path, *arguments: str, port: int = 8000, timeout: float = 180, **more: str
) -> subprocess.CompletedProcess[str]:
    """One command, from start to end."""
    return subprocess.run(
        [sys.executable, "-m", "heluo.site.command_line", *arguments],
        cwd=data.parent,
        env=variables(data, port, **more),
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
    )


class Platform:
    """`heluo run` on one data folder."""

    def __init__(self, data: Path, port: int | None = None, **more: str) -> None:
        self.data = data
        self.port = port or free_port()
        self.output = data.parent / f"{data.name}-output.txt"
        with self.output.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "heluo.site.command_line", "run"],
                cwd=data.parent,
                env=variables(data, self.port, **more),
                stdout=output,
                stderr=output,
            )

    def said(self) -> str:
        return self.output.read_text()

    def wait_until_said(self, words: str, limit: float = START_LIMIT) -> None:
        until = time.monotonic() + limit
        while words not in self.said():
            assert self.process.poll() is None, self.said()
            assert time.monotonic() < until, self.said()
            time.sleep(0.05)

    def wait_until_ready(self) -> "Platform":
        self.wait_until_said("Heluo is running")
        return self

    def get(self, path: str) -> int:
        """Status of a page; 0 where nobody answers."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        with closing(connection):
            try:
                connection.request("GET", path, headers={"Host": "localhost"})
                return connection.getresponse().status
            except (OSError, http.client.HTTPException):
                return 0

    def pid_of(self, child: str) -> int:
        identity = RunRecords(self.data).read(child)
        assert identity is not None, child
        return identity.pid

    def everything(self) -> list[psutil.Process]:
        """The supervisor and all below it."""
        own = psutil.Process(self.process.pid)
        return [own, *own.children(recursive=True)]

    def stop(self, number: int = signal.SIGTERM) -> float:
        """Ask it to stop; the seconds it took."""
        began = time.monotonic()
        if self.process.poll() is None:
            self.process.send_signal(number)
        self.process.wait(60)
        return time.monotonic() - began


def wait_until_gone(processes: list[psutil.Process], limit: float = 60) -> None:
    _, alive = psutil.wait_procs(processes, timeout=limit)
    assert not alive, alive
