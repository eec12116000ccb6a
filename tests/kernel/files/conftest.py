"""Who brings files, and a data folder of their own for every test."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from uuid import uuid4

import pytest
from django.conf import settings as django_settings
from django.db import connection
from django.test import Client
from pytest_django import Settings

from heluo.kernel.actors.enums import ActorKind, Role
from heluo.kernel.actors.public import WHOLE_TREE, Actor, Grant, platform_actor
from heluo.kernel.files.access import Permission
from heluo.kernel.organisations.enums import Level, OrganisationKind
from heluo.kernel.organisations.models import Organisation, Region
from heluo.kernel.people.models import Account, Person, Post
from tests.server import SERVER_VARIABLE, with_database
from tests.site.platform import free_port


@pytest.fixture(autouse=True)
def data(settings: Settings, tmp_path: Path) -> Path:
    settings.DATA = tmp_path / "data"
    settings.STORAGE_URL = None
    settings.CLAMD_URL = None
    settings.SOFFICE = ""
    return settings.DATA


def person(name: str = "示例教师", *permissions: str) -> Actor:
    """Somebody who may upload."""
    return Actor(
        kind=ActorKind.PERSON,
        name=name,
        person_id=uuid4(),
        grants=frozenset(Grant(str(each), WHOLE_TREE) for each in permissions or (Permission.UPLOAD,)),
    )


@pytest.fixture
def teacher() -> Actor:
    return person()


@pytest.fixture
def platform() -> Actor:
    return platform_actor("files", Permission)


@dataclass(frozen=True)
class Site:
    """A real server in a process of its own, on this worker's database."""

    port: int
    data: Path
    process: subprocess.Popen[bytes]

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}"

    @property
    def content_host(self) -> str:
        return f"content.localhost:{self.port}"


@contextmanager
def running_site(data: Path, *command: str, **variables: str) -> Iterator[Site]:
    """The site under granian until the context ends. `command` goes before it, e.g. a namespace of its own."""
    port = free_port()
    database = str(connection.settings_dict["NAME"])
    process = subprocess.Popen(
        [
            *command,
            *(sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port)),
            *("--blocking-threads", "4", "--log-level", "warning", "heluo.site.wsgi:application"),
        ],
        env={
            **os.environ,
            "PYTHONPATH": "src",
            "DATA": str(data),
            "PORT": str(port),
            "DATABASE_URL": with_database(os.environ[SERVER_VARIABLE], database),
            "SECRET_KEY": django_settings.SECRET_KEY,
            **variables,
        },
    )
    try:
        wait_for_port(port, process)
        yield Site(port=port, data=data, process=process)
    finally:
        process.terminate()
        process.wait(timeout=60)


def wait_for_port(port: int, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + 120
    while time.monotonic() < until and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise AssertionError(f"nothing listens on {port}")


@pytest.fixture(scope="module")
def site(django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with running_site(tmp_path_factory.mktemp("site"), MAX_UPLOAD_MB="64") as server:
        yield server


@dataclass(frozen=True)
class Visitor:
    """A signed-in person as an HTTP client sees them."""

    account: Account
    headers: dict[str, str]


def sign_in(site: Site, username: str, role: Role = Role.TEACHER) -> Visitor:
    """A new person in a post, with a session the running site knows."""
    region, _made = Region.objects.get_or_create(
        code="410305", valid_from=date(2020, 1, 1), defaults={"name": "涧西区", "level": Level.COUNTY, "source": "test"}
    )
    bureau, _made = Organisation.objects.get_or_create(
        path="9001.",
        defaults={
            "uuid": uuid4(),
            "kind": OrganisationKind.BUREAU,
            "level": Level.COUNTY,
            "name": "河洛示例教育局",
            "name_sort": "heluo",
            "region": region,
            "parent_source": "test",
            "opened_on": date(2020, 1, 1),
        },
    )
    person = Person.objects.create(
        uuid=uuid4(),
        number=username[:12],
        name=username,
        name_sort=username,
        created_at=datetime.now(UTC),
        born_on=date(1990, 1, 1),
    )
    account = Account.objects.create(
        person=person, username=username, must_change_password=False, is_demo=True, password="!"
    )
    Post.objects.create(person=person, organisation=bureau, role=role, starts_on=date(2020, 1, 1))
    client = Client()
    client.force_login(account)
    session = client.cookies[django_settings.SESSION_COOKIE_NAME].value
    csrf = "c" * 32
    cookies = f"{django_settings.SESSION_COOKIE_NAME}={session}; {django_settings.CSRF_COOKIE_NAME}={csrf}"
    return Visitor(
        account=account,
        headers={"Cookie": cookies, "X-CSRFToken": csrf, "Origin": site.url},
    )
