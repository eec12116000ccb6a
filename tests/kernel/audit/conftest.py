"""The audit's own tests work on the guarded tables; their keys live in a folder of their own."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

import pytest
from django.db import connection
from pytest_django import Settings

TABLES = ("audit_auditrow", "audit_auditdifference", "audit_link", "audit_seal")


class Tamper(Protocol):
    def __call__(self, statement: str) -> None: ...


@pytest.fixture(autouse=True)
def _own_keys(settings: Settings, tmp_path: Path) -> None:
    settings.DATA = tmp_path


@contextmanager
def _unguarded() -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in TABLES:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER {table}_no_change")
        yield
        for table in TABLES:
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER {table}_no_change")


@pytest.fixture
def tamper() -> Tamper:
    """What a superuser of the database can do: switch the triggers off, change, switch them on."""

    def change(statement: str) -> None:
        with _unguarded(), connection.cursor() as cursor:
            cursor.execute(statement)

    return change
