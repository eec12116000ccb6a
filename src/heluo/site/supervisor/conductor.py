"""The supervisor itself: starts everything in order, keeps it running, stops it with the database last."""

import http.client
import os
import shutil
import signal
import ssl
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing, suppress
from types import FrameType

from heluo.site.database import require_supported_database
from heluo.site.demo_accounts import account_lines
from heluo.site.environment import EVERY_INTERFACE, Environment
from heluo.site.postgres import DatabaseTrouble, Postgres
from heluo.site.processes.identity import RunRecords
from heluo.site.processes.lifeline import lifeline
from heluo.site.supervisor.child import BackOff, Child, trim_log
from heluo.site.supervisor.lock import FolderLock
from heluo.site.supervisor.ports import check_port

UNCHECKED = ssl._create_unverified_context()  # noqa: S323, SLF001
"""For asking our own children whether they answer: their certificate is for other names than the loopback's."""
STEP = 0.1
CHILD_PATIENCE = 5.0
STOP_WITHIN = 9.0
"""Below the ten seconds in which everything must have stopped: the database has what its users leave of it."""
LOG_CHECK_EVERY = 60.0
START_FAILURES = 3
STOP_SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)

Say = Callable[[str], None]


class Stopping(Exception):
    """Somebody asked us to stop while we were waiting for something."""


class CannotStart(RuntimeError):
    """A part could not be started at all; the text says which and shows its last words."""


class Conductor:
    """One run on one data folder. Single-threaded: children end with the thread that made them."""

    def __init__(self, environment: Environment, say: Say) -> None:
        self.environment = environment
        self.data = environment.data.resolve()
        self.say = say
        self.lock = FolderLock(self.data)
        self.records = RunRecords(self.data)
        self.children: list[Child] = []
        self.postgres: Postgres | None = None
        self.database_back_off = BackOff()
        self.database_born = 0.0
        self.stop_requests = 0
        self.variables: dict[str, str] = {}

    # -- from start to end ----------------------------------------------------------------------------------------

    def run(self) -> None:
        """Run until asked to stop. Raises what kept us from starting: see `FolderTaken`, `PortTaken`, …"""
        self.lock.take("run", self.environment.resolved_public_url())
        former = {number: signal.signal(number, self._asked_to_stop) for number in STOP_SIGNALS}
        try:
            self._start()
            self._announce()
            self._keep_running()
        except Stopping:
            pass
        finally:
            self._stop()
            for number, handler in former.items():
                signal.signal(number, handler)
            self.lock.release()

    def _asked_to_stop(self, number: int, frame: FrameType | None) -> None:
        self.stop_requests += 1

    def _pause(self, seconds: float) -> None:
        """Sleep; raise `Stopping` as soon as somebody asked for it."""
        until = time.monotonic() + seconds
        while True:
            if self.stop_requests:
                raise Stopping
            left = until - time.monotonic()
            if left <= 0:
                return
            time.sleep(min(left, STEP))

    # -- start ----------------------------------------------------------------------------------------------------

    def _start(self) -> None:
        environment = self.environment
        self.records.reclaim(self._pause, self.say)
        check_port(environment.host, environment.port, "PORT")
        check_port(environment.host, environment.resolved_stream_port(), "STREAM_PORT")
        if environment.host in EVERY_INTERFACE:
            self.say(
                f"注意：HOST={environment.host}，网络上的所有人都能打开本平台 / "
                "note: everybody on the network can reach this server"
            )
        url = environment.database_url or self._start_database()
        require_supported_database(url, pause=self._pause, say=self.say)
        metrics = self.data / "run" / "metrics"
        shutil.rmtree(metrics, ignore_errors=True)
        metrics.mkdir()
        self.variables = {
            **os.environ,
            "DATA": str(self.data),
            "DATABASE_URL": url,
            "DJANGO_SETTINGS_MODULE": "heluo.site.settings",
            "PROMETHEUS_MULTIPROC_DIR": str(metrics),
            "PYTHONUNBUFFERED": "1",
        }
        self._prepare()
        self.children = [
            self._child("web", ("网页服务", "web server"), "heluo.site.serving", "web"),
            self._child("stream", ("实时更新", "event stream"), "heluo.site.serving", "stream"),
            self._child("worker", ("后台任务", "worker"), "heluo.site.working"),
        ]
        self.say("启动网页、实时更新和后台任务 / starting web server, event stream and worker …")
        for child in self.children:
            child.start()
        self._wait_until_ready()

    def _start_database(self) -> str:
        """Our own PostgreSQL; its address."""
        environment = self.environment
        connections = environment.web_workers * environment.web_threads + 60
        self.postgres = Postgres(self.data, max_connections=str(connections))
        self.say(
            "启动数据库 / starting the database …"
            if self.postgres.exists
            else "创建并启动数据库 / creating and starting the database …"
        )
        self.postgres.start(pause=self._pause, say=self.say)
        self.database_born = time.monotonic()
        return self.postgres.url

    def _prepare(self) -> None:
        """Tables, cache table and demo, in a process of its own: this one stays small."""
        process = subprocess.Popen(
            [sys.executable, "-m", "heluo.site.preparation"],
            stdin=subprocess.DEVNULL,
            env=self.variables,
            start_new_session=True,
            preexec_fn=lifeline(),  # noqa: PLW1509  # we have one thread
        )
        try:
            while process.poll() is None:
                self._pause(STEP)
        finally:
            if process.poll() is None:
                process.kill()
                process.wait()
        if process.returncode:
            raise CannotStart(
                "数据表或演示数据没有准备好，原因见上 / tables or demo could not be prepared; the reason is above"
            )

    def _child(self, name: str, titles: tuple[str, str], module: str, *arguments: str) -> Child:
        return Child(
            name=name,
            titles=titles,
            command=[sys.executable, "-m", module, *arguments],
            records=self.records,
            log=self.data / "logs" / f"{name}.log",
            environment=self.variables,
        )

    def _wait_until_ready(self) -> None:
        while not (self._answers(self.environment.port) and self._answers(self.environment.resolved_stream_port())):
            self._tend()
            for child in self.children:
                if child.back_off.failures >= START_FAILURES:
                    chinese, english = child.titles
                    raise CannotStart(
                        f"{chinese}无法启动 / {english} cannot be started ({child.log}):\n{child.last_words()}"
                    )
            self._pause(STEP)

    def _answers(self, port: int) -> bool:
        host = {"::": "::1", "0.0.0.0": "127.0.0.1"}.get(self.environment.host, self.environment.host)  # noqa: S104
        connection = (
            http.client.HTTPSConnection(host, port, timeout=10, context=UNCHECKED)
            if self.environment.tls_certificate
            else http.client.HTTPConnection(host, port, timeout=10)
        )
        with closing(connection), suppress(OSError, http.client.HTTPException):
            connection.request("GET", "/healthz", headers={"Host": "localhost"})
            return connection.getresponse().status > 0
        return False

    def _announce(self) -> None:
        line = "─" * 78
        accounts = account_lines(self.data) if self.environment.demo else []
        self.say(
            "\n".join(
                [
                    line,
                    "  河洛已启动 / Heluo is running",
                    f"  打开 / open    {self.environment.resolved_public_url()}",
                    *(
                        ["  演示账号 / demo accounts（密码 / password；再看一次 / again: heluo accounts）"]
                        if accounts
                        else []
                    ),
                    *(f"    {account}" for account in accounts),
                    "  停止 / stop    Ctrl-C",
                    f"  日志 / logs    {self.data / 'logs'}",
                    line,
                ]
            )
        )

    # -- while it runs --------------------------------------------------------------------------------------------

    def _keep_running(self) -> None:
        logs_checked = time.monotonic()
        while True:
            self._pause(2 * STEP)
            self._tend()
            if time.monotonic() - logs_checked > LOG_CHECK_EVERY:
                logs_checked = time.monotonic()
                for log in (self.data / "logs").glob("*.log"):
                    trim_log(log)

    def _tend(self) -> None:
        """Restart whatever ended, the database first."""
        self._tend_database()
        for child in self.children:
            if child.is_running:
                continue
            if child.process is not None:
                code = child.end()
                wait = child.back_off.failed(time.monotonic() - child.born)
                chinese, english = child.titles
                self.say(
                    f"{chinese}意外退出（{code}），{wait:g} 秒后重新启动 / "
                    f"{english} ended unexpectedly ({code}), restarting in {wait:g} s; {child.log}"
                )
            elif time.monotonic() >= child.back_off.due:
                child.start()

    def _tend_database(self) -> None:
        if self.postgres is None or self.postgres.is_running:
            return
        if self.database_back_off.due == 0 or self.postgres.process is not None:
            wait = self.database_back_off.failed(time.monotonic() - self.database_born)
            self.postgres.process = None
            self.say(
                f"数据库意外退出，{wait:g} 秒后重新启动 / the database ended unexpectedly, restarting in {wait:g} s"
            )
        elif time.monotonic() >= self.database_back_off.due:
            try:
                self.postgres.start(pause=self._pause, say=self.say)
            except DatabaseTrouble as trouble:
                self.say(str(trouble))
                self.database_back_off.failed(0)
            else:
                self.database_born = time.monotonic()
                self.say("数据库已恢复 / the database is back")

    # -- stop -----------------------------------------------------------------------------------------------------

    def _stop(self) -> None:
        """Children first, all at once, then the database. A second request ends the patience."""
        if self.children or self.postgres:
            self.say("正在停止 / stopping …")
        for child in self.children:
            child.ask()
        began = time.monotonic()
        until = began + CHILD_PATIENCE
        while any(child.is_running for child in self.children) and time.monotonic() < until and self.stop_requests < 2:
            time.sleep(STEP / 2)
        for child in self.children:
            child.end()
        if self.postgres is not None:
            self.postgres.stop(patience=began + STOP_WITHIN - time.monotonic())
        if self.children or self.postgres:
            self.say("已停止 / stopped")


def say_aloud(text: str) -> None:
    """Print at once; a closed terminal is no reason to fall over."""
    with suppress(OSError, ValueError):
        print(text, flush=True)
