"""A public catalogue, and a harvester that asks as any harvester would."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from lxml import etree
from pytest_django import Settings

from heluo.engines.catalogue.access import Permission
from heluo.engines.catalogue.public import EntryDraft, publish_entries, withdraw_entry
from heluo.kernel.actors.public import platform_actor
from heluo.kernel.organisations.models import Organisation
from tests.engines.catalogue.conftest import tell
from tests.factories import NOON, a_school
from tests.gateways.oaipmh.standard import check_answer

OAI = "{http://www.openarchives.org/OAI/2.0/}"
NODE = "heluo.localhost"
KEEPER = platform_actor("测试", [*Permission])


@pytest.fixture(autouse=True)
def _data(settings: Settings, tmp_path: Path) -> None:
    settings.DATA = tmp_path


@pytest.fixture
def school(db: None) -> Organisation:
    """Under the county 410305, which answers to the city 410300 and the province 410000."""
    return a_school()


@dataclass(frozen=True)
class Catalogue:
    """Entries by number, published and told."""

    school: Organisation

    def draft(self, title: str, **changes: Any) -> EntryDraft:
        usual = EntryDraft(
            kind="resource",
            title=title,
            description="用一个圆的平均分认识几分之一。",
            organisation_id=self.school.pk,
            licence="CC-BY-4.0",
            creator_name="示例教师",
            keywords=["分数", "平均分"],
            facets={"stage": ["primary"], "grade": ["primary-3"], "subject": ["14"], "resource_type": ["courseware"]},
            payload={"version": 2, "formats": ["application/pdf", "video/mp4"], "duration_ms": 61_500},
        )
        return replace(usual, **changes)

    def publish(self, *numbers: int, **changes: Any) -> None:
        drafts = {UUID(int=number): self.draft(f"第{number}个", **changes) for number in numbers}
        publish_entries(by=KEEPER, drafts=drafts, now=NOON)

    def withdraw(self, number: int) -> None:
        withdraw_entry(by=KEEPER, identifier=UUID(int=number), reason="版权争议", now=NOON)


@pytest.fixture
def catalogue(school: Organisation) -> Catalogue:
    return Catalogue(school)


def oai(number: int) -> str:
    return f"oai:{NODE}:{UUID(int=number)}"


@dataclass(frozen=True)
class Harvester:
    """Asks, and reads what is answered."""

    web: Client = field(default_factory=Client)

    def ask(self, **asked: Any) -> etree._Element:
        """The answer to a request; `since` stands for `from`, which is a word of Python."""
        answer = self.web.get("/oai", _named(asked))
        assert answer.status_code == 200, answer.content.decode()
        assert answer.headers["Content-Type"] == "text/xml; charset=utf-8"
        root = etree.fromstring(answer.content)
        check_answer(root)
        return root

    def fault(self, **asked: Any) -> str:
        root = self.ask(**asked)
        [error] = root.findall(f"{OAI}error")
        assert error.text
        return str(error.get("code"))

    def records(self, verb: str = "ListRecords", **asked: Any) -> list[etree._Element]:
        """All records, or headers, page by page."""
        found: list[etree._Element] = []
        asked = {name: value for name, value in {"metadataPrefix": "oai_dc", **asked}.items() if value is not None}
        while True:
            root = self.ask(verb=verb, **asked)
            told = root.find(f"{OAI}{verb}")
            assert told is not None, etree.tostring(root, encoding="unicode")
            token = told.findtext(f"{OAI}resumptionToken")
            found += [one for one in told if one.tag != f"{OAI}resumptionToken"]
            if not token:
                return found
            asked = {"resumptionToken": token}

    def numbers(self, **asked: Any) -> list[int]:
        """Numbers of the entries told; a gone one below zero."""
        return [_number(header) for header in self.records("ListIdentifiers", **asked)]


def _named(asked: dict[str, Any]) -> dict[str, Any]:
    return {("from" if name == "since" else name): value for name, value in asked.items()}


def _number(header: etree._Element) -> int:
    number = UUID(texts(header, "identifier")[0].rpartition(":")[2]).int
    return -number if header.get("status") == "deleted" else number


def texts(above: etree._Element, name: str) -> Sequence[str]:
    """The texts of all elements of a name, whatever their namespace, anywhere below."""
    return [one.text or "" for one in above.iter(f"{{*}}{name}")]


@pytest.fixture
def harvester() -> Harvester:
    return Harvester()


__all__ = ["NODE", "OAI", "Catalogue", "Harvester", "oai", "tell", "texts"]
