"""A school with its teacher, officers of its county and province, and another node played with keys made here."""

from dataclasses import dataclass
from pathlib import Path

import pytest
from django.core.cache import cache
from pytest_django import Settings

from heluo.domains.resources.models import Resource
from heluo.engines.catalogue.models import Entry
from heluo.kernel.actors.enums import Role
from heluo.kernel.actors.public import Actor
from heluo.kernel.nodes.actions import approve_request
from heluo.kernel.nodes.models import Node, Outgoing
from heluo.kernel.organisations.models import Organisation
from tests.factories import (
    NOON,
    a_bureau,
    a_person,
    a_published_resource,
    a_reviewer,
    a_school,
    a_stranger,
    a_teacher,
)
from tests.kernel.nodes.conftest import OFFICER, Other, read

HERE = "heluo.localhost"


@dataclass(frozen=True)
class House:
    """Who acts in these tests."""

    school: Organisation
    teacher: Actor
    reviewer: Actor
    officer: Actor
    stranger: Actor


@pytest.fixture(autouse=True)
def _own_data_folder(settings: Settings, tmp_path: Path) -> None:
    settings.DATA = tmp_path / "data"
    settings.STORAGE_URL = None
    settings.CLAMD_URL = None


@pytest.fixture
def house(db: None) -> House:
    cache.clear()
    school, bureau = a_school(), a_bureau()
    return House(
        school=school,
        teacher=a_teacher(school).actor,
        reviewer=a_reviewer(bureau).actor,
        officer=a_person(Role.COUNTY_OFFICER, bureau).actor,
        stranger=a_stranger().actor,
    )


@pytest.fixture
def resource(house: House) -> Resource:
    return a_published_resource(house.teacher, house.school, house.reviewer)


@pytest.fixture
def entry(resource: Resource) -> Entry:
    return entry_of(resource)


def entry_of(resource: Resource) -> Entry:
    return Entry.objects.select_related("organisation").get(uuid=resource.uuid)


def let_in(other: Other) -> Node:
    return approve_request(by=OFFICER, request=other.ask_in(NOON), now=NOON)


@pytest.fixture
def other(db: None) -> Other:
    return Other()


@pytest.fixture
def node(other: Other) -> Node:
    return let_in(other)


def written(node: Node, kind: str = "") -> list[dict[str, object]]:
    """The bodies of what waits for a node."""
    waiting = Outgoing.objects.filter(node=node).order_by("seq")
    return [read(one.token)["body"] for one in waiting if kind in {"", one.kind}]
