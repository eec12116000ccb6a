"""Pytest plugin: a PostgreSQL with a migrated template, made before Django reads its settings.

Each process that runs tests has a server of its own: readers that look no further than the oldest open transaction
would otherwise wait for the transactions of other tests.
"""

import atexit
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import pytest

from heluo.site.postgres import Postgres

REPOSITORY = Path(__file__).resolve().parent.parent
WORKER = os.environ.get("PYTEST_XDIST_WORKER")
SERVER_VARIABLE = "HELUO_TEST_SERVER"
TEMPLATE = "heluo"
_server: Postgres | None = None


def with_database(url: str, name: str) -> str:
    """The same server, another database."""
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}"))


@pytest.hookimpl(hookwrapper=True)
def pytest_load_initial_conftests(early_config: pytest.Config, args: list[str]) -> Iterator[None]:
    """A wrapper, so that it runs before pytest-django loads the settings."""
    hands_out = not WORKER and bool(getattr(early_config.known_args_namespace, "numprocesses", None))
    if hands_out:
        os.environ["DATA"] = _folder()
    elif not {"--help", "-h", "--version"} & set(args):
        _start()
    yield


def _folder() -> str:
    """A data folder for this process, gone when it ends."""
    folder = tempfile.mkdtemp(prefix="heluo-tests-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def _start() -> None:
    global _server  # noqa: PLW0603  # one server for one process
    data = Path(_folder())
    _server = Postgres(data, fsync="off", synchronous_commit="off", full_page_writes="off")
    atexit.register(_stop)
    _server.start()
    os.environ |= {
        "DATA": str(data),
        "KEEP_PUBLIC_PAGES": "0",  # tests look at once at what they changed; `tests/site/test_kept_answers.py` sets it
        SERVER_VARIABLE: _server.url,
        "DATABASE_URL": with_database(_server.url, TEMPLATE),
    }
    done = subprocess.run(
        [sys.executable, "manage.py", "migrate", "--verbosity", "0"],
        cwd=REPOSITORY,
        env={**os.environ, "PYTHONPATH": str(REPOSITORY / "src")},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        _stop()
        raise pytest.UsageError(f"migrate failed:\n{done.stderr}")


def _stop() -> None:
    global _server  # noqa: PLW0603  # one server for one process
    if _server is not None:
        _server.stop()
        shutil.rmtree(_server.home, ignore_errors=True)
        _server = None


def pytest_unconfigure() -> None:
    _stop()
