"""Pages beside a bare Django page with the same number of queries, on the same server. Aim: a ratio of at least 0.6.

    make bench            (or: .venv/bin/python -m benchmarks.pages)

Starts its own platform with the small demo in a temporary folder, counts the queries that each page costs when it is
worked out, then loads each page and, right after it, the bare peer with just that many queries. Both run on granian
with two workers. For people without a session each worker keeps a public page for some seconds (`KEEP_PUBLIC_PAGES`),
as it does for them in use; the rows "worked out" ask with the cookie of a session that has ended, for which nothing is
kept.
"""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import psycopg

from benchmarks.load import Load, load
from benchmarks.machine import print_table
from heluo.site.postgres import Postgres

REPOSITORY = Path(__file__).resolve().parent.parent
WORKERS = 2
PATIENCE = 240
"""Seconds a first start may take, the demo included."""

COUNT_QUERIES = """
import json, os, sys
import django
django.setup()
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.contrib.auth import get_user_model
from heluo.engines.catalogue.models import Entry

entry = Entry.objects.order_by("pk").first()
pages = {name: path.format(entry=entry.uuid) for name, path in json.loads(sys.argv[1]).items()}
answer = []
for who in ("stranger", "stranger, worked out", "teacher1"):
    client = Client(headers={"host": "localhost", "accept-language": "zh-CN"})
    if who == "teacher1":
        client.force_login(get_user_model().objects.get(username=who))
    elif who == "stranger, worked out":
        client.cookies[settings.SESSION_COOKIE_NAME] = "ended"
    cookie = "; ".join(f"{name}={morsel.value}" for name, morsel in client.cookies.items())
    for name, path in pages.items():
        client.get(path)
        with CaptureQueriesContext(connection) as captured:
            status = client.get(path).status_code
        if status == 200:
            answer.append([name, who, path, len(captured), cookie])
print(json.dumps(answer))
"""

PAGES = {
    "home": "/",
    "list": "/resources/",
    "list, one word": "/resources/?q=%E5%88%86%E6%95%B0",
    "detail": "/resources/{entry}/",
    "work list": "/workbench/",
}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(url: str, process: subprocess.Popen[bytes], patience: float = PATIENCE) -> float:
    """Seconds until an address answers."""
    began = time.perf_counter()
    while time.perf_counter() - began < patience:
        if process.poll() is not None:
            raise SystemExit(f"the server ended with {process.returncode} before {url} answered")
        try:
            urlopen(url, timeout=2).close()
        except (URLError, OSError):
            time.sleep(0.1)
        else:
            return time.perf_counter() - began
    raise SystemExit(f"{url} did not answer within {patience} s")


@contextmanager
def running(command: list[str], environment: dict[str, str], ready: str) -> Iterator[subprocess.Popen[bytes]]:
    """A server of ours for as long as it is needed; stopped by its own process id."""
    process = subprocess.Popen(command, env={**os.environ, **environment}, cwd=REPOSITORY, stdout=subprocess.DEVNULL)
    try:
        wait_for(ready, process)
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=30)


def main() -> None:
    data = Path(tempfile.mkdtemp(prefix="heluo-bench-"))
    ours, peer = free_port(), free_port()
    heluo = str(Path(sys.executable).parent / "heluo")
    granian = str(Path(sys.executable).parent / "granian")
    environment = {"DATA": str(data), "PORT": str(ours), "STREAM_PORT": str(free_port())}
    rows: list[list[object]] = []
    try:
        with running([heluo, "run"], environment, f"http://localhost:{ours}/healthz"):
            postgres = Postgres(data)
            environment["DATABASE_URL"] = postgres.url
            settings = {"DJANGO_SETTINGS_MODULE": "heluo.site.settings"}
            counted = json.loads(
                subprocess.run(
                    [sys.executable, "-c", COUNT_QUERIES, json.dumps(PAGES)],
                    env={**os.environ, **environment, **settings, "KEEP_PUBLIC_PAGES": "0"},
                    check=True,
                    capture_output=True,
                    text=True,
                ).stdout.splitlines()[-1]
            )
            make_peer_table(postgres.url)
            options = ["--interface", "wsgi", "--workers", str(WORKERS), "--port", str(peer)]
            serve_peer = [granian, *options, "benchmarks.bare:application"]
            with running(serve_peer, environment, f"http://localhost:{peer}/bare/0/"):
                for name, who, path, queries, cookie in counted:
                    rows.append(compare(name, who, path, queries, cookie, ours, peer))
    finally:
        shutil.rmtree(data, ignore_errors=True)
    head = ["page", "who", "queries", "ours/s", "p50 ms", "p95 ms", "bare/s", "p50 ms", "p95 ms", "ratio"]
    print_table("Pages beside a bare Django page with the same number of queries", head, rows)


def make_peer_table(url: str) -> None:
    """The peer's own table, in the same database."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS bare_rows (id bigint PRIMARY KEY, title text NOT NULL)")
        connection.execute(
            "INSERT INTO bare_rows SELECT n, 'row ' || n FROM generate_series(1, 2000) n ON CONFLICT DO NOTHING"
        )
        connection.execute("ANALYZE bare_rows")


def compare(name: str, who: str, path: str, queries: int, cookie: str, ours: int, peer: int) -> list[object]:
    """Ours and the peer in turns, so that a noisy minute hits both."""
    results: dict[str, list[Load]] = {"ours": [], "bare": []}
    for _ in range(3):
        results["ours"].append(load(("localhost", ours), path, cookie=cookie))
        results["bare"].append(load(("localhost", peer), f"/bare/{queries}/"))
    mine, theirs = (sorted(runs, key=lambda run: run.per_second)[1] for runs in results.values())
    return [
        *(name, who, queries, round(mine.per_second), mine.p50, mine.p95),
        *(round(theirs.per_second), theirs.p50, theirs.p95, mine.per_second / theirs.per_second),
    ]


if __name__ == "__main__":
    main()
