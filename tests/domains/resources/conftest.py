"""A school, its teacher, its reviewer at the county, and a data folder of their own."""

from dataclasses import dataclass
from pathlib import Path

import pytest
from django.core.cache import cache
from django.test import Client
from pytest_django import Settings

from heluo.kernel.actors.public import Actor, require_person
from heluo.kernel.organisations.models import Organisation
from heluo.kernel.people.models import Person
from tests.factories import a_bureau, a_reviewer, a_school, a_stranger, a_teacher
from tests.register import browser


@dataclass(frozen=True)
class House:
    """Who acts in these tests."""

    school: Organisation
    teacher: Actor
    reviewer: Actor
    stranger: Actor


@pytest.fixture(autouse=True)
def _own_data_folder(settings: Settings, tmp_path: Path) -> None:
    settings.DATA = tmp_path / "data"
    settings.STORAGE_URL = None
    settings.CLAMD_URL = None


@pytest.fixture
def house(db: None) -> House:
    return make_house()


def make_house() -> House:
    cache.clear()
    school = a_school()
    return House(
        school=school,
        teacher=a_teacher(school).actor,
        reviewer=a_reviewer(a_bureau()).actor,
        stranger=a_stranger().actor,
    )


def browser_of(actor: Actor) -> Client:
    """A browser in which this actor is signed in."""
    return browser(Person.objects.get(uuid=require_person(actor)))
