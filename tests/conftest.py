"""What every test may use. The database server itself is made in `tests/server.py`."""

import ipaddress
import os
import shutil
import socket
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from django.db import connection
from django.utils import translation
from hypothesis import HealthCheck
from hypothesis import settings as effort
from pytest_django import Settings
from pytest_django.plugin import DjangoDbBlocker

from heluo.kernel.codes.tables import tables
from heluo.site.postgres import LAST_RESORT
from tests import serial
from tests.server import SERVER_VARIABLE, TEMPLATE, WORKER, with_database

# How long an example takes is the machine's affair. CI tries the same examples each time, everybody else new ones.
effort.register_profile(
    "house", deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize="CI" in os.environ
)
effort.load_profile("house")


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """A clone of the migrated template for this worker."""
    name = f"heluo_{WORKER or 'alone'}"
    with django_db_blocker.unblock():
        connection.close()
        with psycopg.connect(with_database(os.environ[SERVER_VARIABLE], "postgres"), autocommit=True) as server:
            server.execute(f'CREATE DATABASE "{name}" TEMPLATE "{TEMPLATE}"')
        connection.settings_dict["NAME"] = name
        with connection.cursor() as cursor:
            # Transactional tests end with a TRUNCATE of every table; tests about such a guard put it back.
            cursor.execute(r"SELECT tgrelid::regclass, tgname FROM pg_trigger WHERE tgname LIKE '%\_no\_truncate'")
            for table, guard in cursor.fetchall():
                cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER {guard}")
        tables()  # kept by every process; a test that counts statements may be the first to ask
    yield
    with django_db_blocker.unblock():
        connection.close()


@pytest.fixture(scope="session", autouse=True)
def _no_clusters_left_behind(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """As root, a test's folder is closed to the database's own user: its cluster lives elsewhere and must go too."""
    yield
    for note in tmp_path_factory.getbasetemp().rglob("database.elsewhere"):
        cluster = Path(note.read_text().strip())
        if cluster.parent == LAST_RESORT:
            shutil.rmtree(cluster, ignore_errors=True)


@pytest.fixture(autouse=True)
def _serial_numbers_begin_anew() -> None:
    serial.begin_anew()


@pytest.fixture(autouse=True)
def _cheap_passwords(settings: Settings) -> None:
    """The real hash costs a quarter of a second each; no test is about its strength."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(autouse=True)
def _language_of_the_house() -> Iterator[None]:
    """A request asked in English leaves its thread in English: the next test begins in Chinese again."""
    yield
    translation.deactivate()


class ReachedOutside(AssertionError):
    """A test tried to talk to another machine."""


@pytest.fixture(autouse=True)
def _stay_on_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test reaches the network: only loopback addresses and local sockets."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: tuple[str, int] | str | bytes) -> None:
        if self.family in {socket.AF_INET, socket.AF_INET6} and isinstance(address, tuple):
            host = address[0]
            if host != "localhost" and not host.endswith(".localhost") and not ipaddress.ip_address(host).is_loopback:
                raise ReachedOutside(f"a test tried to reach {host}")
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", guarded)
