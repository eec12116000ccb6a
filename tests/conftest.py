"""What every test may use. The database server itself is made in `tests/server.py`."""

import os
from collections.abc import Iterator

import psycopg
import pytest
from django.db import connection
from pytest_django.plugin import DjangoDbBlocker

from tests.server import SERVER_VARIABLE, TEMPLATE, WORKER, with_database


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """A clone of the migrated template for this worker."""
    name = f"heluo_{WORKER or 'alone'}"
    with django_db_blocker.unblock():
        connection.close()
        with psycopg.connect(with_database(os.environ[SERVER_VARIABLE], "postgres"), autocommit=True) as server:
            server.execute(f'CREATE DATABASE "{name}" TEMPLATE "{TEMPLATE}"')
        connection.settings_dict["NAME"] = name
    yield
    with django_db_blocker.unblock():
        connection.close()
