"""A database for a command: that of the running platform, or our own, started for as long as the command takes."""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import django
import psycopg

from heluo.site.database import require_supported_database
from heluo.site.environment import Environment
from heluo.site.postgres import Postgres
from heluo.site.processes.identity import RunRecords
from heluo.site.supervisor.lock import FolderLock, FolderTaken

PATIENCE = 60.0
Say = Callable[[str], None]


class NothingHere(RuntimeError):
    """The data folder holds no database yet."""


@contextmanager
def database_at_hand(environment: Environment, say: Say, *, may_create: bool = False) -> Iterator[str]:
    """The address of a database that answers, for as long as the block runs.

    Raises `NothingHere` where there is none and `may_create` is not given, `FolderTaken` where another command
    keeps the folder for more than a minute.
    """
    if environment.database_url:
        require_supported_database(environment.database_url, say=say)
        yield environment.database_url
        return
    data = environment.data.resolve()
    postgres = Postgres(data)
    if not postgres.exists and not may_create:
        raise NothingHere(
            f"{data} 里还没有数据库。请先执行 make run，或用 --data 指定正确的文件夹。\n"
            f"There is no database in {data} yet. Run `make run` first, or name the right folder with --data."
        )
    lock = FolderLock(data)
    if _is_served(lock, postgres, say):
        yield postgres.url
        return
    try:
        RunRecords(data).reclaim(time.sleep, say)
        postgres.start(say=say)
        yield postgres.url
    finally:
        postgres.stop()
        lock.release()


def _is_served(lock: FolderLock, postgres: Postgres, say: Say) -> bool:
    """Whether the running platform serves the database. If not, we hold the lock now."""
    began = time.monotonic()
    told = False
    while True:
        try:
            lock.take("command")
        except FolderTaken as taken:
            if taken.holder and taken.holder.purpose == "run" and _answers(postgres):
                return True
            if time.monotonic() - began > PATIENCE:
                raise
            if not told and time.monotonic() - began > 1:
                told = True
                say("等待数据文件夹空闲 / waiting for the data folder …")
            time.sleep(0.2)
        else:
            return False


def _answers(postgres: Postgres) -> bool:
    try:
        psycopg.connect(postgres.url, connect_timeout=3).close()
    except (OSError, psycopg.OperationalError):
        return False
    return True


@contextmanager
def platform_at_hand(environment: Environment, say: Say, *, may_create: bool = False) -> Iterator[None]:
    """Django, set up on that database."""
    with database_at_hand(environment, say, may_create=may_create) as url:
        set_up_django(url)
        yield


def set_up_django(url: str = "") -> None:
    """Settings are read when Django is set up, so the database must be known before; a command may need none."""
    if url:
        os.environ["DATABASE_URL"] = url
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "heluo.site.settings")
    django.setup()
