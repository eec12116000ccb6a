"""Databases of different sizes on one server, each with a process that asks it, so that sizes are compared in turns."""

import json
import os
import statistics
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg

REPOSITORY = Path(__file__).resolve().parent.parent
ROUNDS = 15


class Database:
    """A platform's database of a size, with a process that fills it, says what it holds, and then asks what it is told.

    The process writes one line of JSON when the database is full, and after that, for each line it reads, one number:
    the seconds that the question took.
    """

    def __init__(self, server: str, data: Path, name: str, worker: list[str]) -> None:
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{name}"')
        address = urlunsplit(urlsplit(server)._replace(path=f"/{name}"))
        environment = {
            **os.environ,
            "DATA": str(data),
            "DATABASE_URL": address,
            "DJANGO_SETTINGS_MODULE": "heluo.site.settings",
        }
        subprocess.run(
            [sys.executable, "manage.py", "migrate", "--verbosity", "0"], cwd=REPOSITORY, env=environment, check=True
        )
        self.process = subprocess.Popen(
            [sys.executable, *worker],
            cwd=REPOSITORY,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        self.told: dict[str, Any] = json.loads(self._line())

    def _line(self) -> str:
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line:
            raise SystemExit("the process that asks a database ended; run it with its errors shown to see why")
        return line

    def ask(self, **asked: str) -> float:
        """Milliseconds one question took."""
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(asked) + "\n")
        self.process.stdin.flush()
        return float(json.loads(self._line())) * 1000

    def close(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.close()
        self.process.wait(timeout=30)


def compare(asked: dict[str, str], small: Database, large: Database) -> list[object]:
    """The same question to two sizes in turns: medians in ms, their ratio, and the ratio of the best."""
    taken: dict[str, list[float]] = {"small": [], "large": []}
    for warm in range(ROUNDS + 2):
        few, many = small.ask(**asked), large.ask(**asked)
        if warm >= 2:  # plans and caches are warm after two
            taken["small"].append(few)
            taken["large"].append(many)
    mine, theirs = statistics.median(taken["large"]), statistics.median(taken["small"])
    return [theirs, mine, mine / theirs, min(taken["large"]) / min(taken["small"])]
