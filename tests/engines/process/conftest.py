"""A school with an author, its reviewers there and at the county, a stranger, and a process that runs between them."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import pytest

from heluo.engines.process import registry
from heluo.engines.process.loading import loaded, publish_definition
from heluo.engines.process.models import Definition, Instance, WorkItem
from heluo.engines.process.packages import Package
from heluo.engines.process.public import Subject, my_work, start_process
from heluo.engines.process.queries import BY_DUE
from heluo.engines.process.vocabulary import Settings
from heluo.kernel.actors.enums import Role
from heluo.kernel.actors.public import Actor
from heluo.kernel.organisations.models import Organisation
from heluo.kernel.pages.keyset import keyset_page
from tests.engines.process.diagrams import TWO_STEP, process
from tests.factories import NOON, OTHER_COUNTY, Somebody, a_bureau, a_person, a_reviewer, a_school, a_teacher

SETTINGS: dict[str, Any] = {
    "holders": {
        "author": {"title": "作者", "at": "starter"},
        "reviewer": {"title": "审核员", "at": "own", "role": "resource_reviewer"},
    },
    "deadlines": {"check": {"within": "P5D", "working": True, "warn": "P1D"}},
    "forms": {
        "check": {
            "properties": {
                "outcome": {"type": "string", "title": "结论", "enum": ["approve", "return"]},
                "pages": {"type": "integer", "title": "页数", "minimum": 1},
                "on": {"type": "string", "title": "日期", "format": "date"},
            },
            "required": ["outcome"],
        }
    },
}


def package(*parts: str, settings: dict[str, Any] | None = None, **attributes: Any) -> Package:
    return Package(process(parts or TWO_STEP, **attributes), {}, Settings.model_validate(settings or SETTINGS))


@pytest.fixture(autouse=True)
def _read_anew() -> Iterator[None]:
    """Keys of definitions come back in the next test."""
    loaded.cache_clear()
    deeds = dict(registry._services)  # what a test registers goes again
    yield
    registry._services.clear()
    registry._services.update(deeds)
    loaded.cache_clear()


def waiting_for(actor: Actor) -> list[WorkItem]:
    """The work that waits for somebody, in the order of their list."""
    return keyset_page(*my_work(actor), order=BY_DUE, size=100).items


@dataclass(frozen=True)
class Story:
    """Who is there, and the current version of the process."""

    school: Organisation
    author: Somebody
    reviewer: Somebody
    colleague: Somebody
    stranger: Somebody
    officer: Somebody
    definition: Definition

    def start(self, *, subject: UUID | None = None, by: Somebody | None = None) -> Instance:
        return start_process(
            by=(by or self.author).actor,
            key="two-step",
            subject=Subject("resource", subject or uuid4(), "分数的初步认识"),
            organisation=self.school,
            values={},
            now=NOON,
        )

    def item(self, instance: Instance, element: str) -> WorkItem:
        return instance.items.get(element=element, state="open")


@pytest.fixture
def story(db: None) -> Story:
    school = a_school()
    return Story(
        school=school,
        author=a_teacher(school),
        reviewer=a_reviewer(school),
        colleague=a_reviewer(school),
        stranger=a_reviewer(a_school(region=OTHER_COUNTY)),
        officer=a_person(Role.COUNTY_OFFICER, a_bureau()),
        definition=publish_definition(package(), now=NOON),
    )
