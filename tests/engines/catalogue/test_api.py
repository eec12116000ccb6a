"""The catalogue as programs see it."""

from typing import Any

import pytest
from django.test import Client

from heluo.engines.catalogue.enums import Visibility
from heluo.engines.catalogue.public import publish_entries, publish_entry, withdraw_entry
from heluo.kernel.events.public import advance_horizon
from tests.engines.catalogue.conftest import NOON, Tree, identifier

ENTRIES = "/api/v1/catalogue/entries"
CHANGES = "/api/v1/catalogue/changes"


@pytest.fixture
def lessons(tree: Tree) -> Tree:
    publish_entries(
        by=tree.reviewer,
        drafts={
            identifier(1): tree.draft(),
            identifier(2): tree.draft(title="古诗三首", facets={"subject": ["chinese"], "stage": ["junior"]}),
            identifier(3): tree.draft(title="校内讲义", visibility=Visibility.TREE),
        },
        now=NOON,
    )
    return tree


def asked(client: Client, where: str, **parameters: Any) -> Any:
    answer = client.get(where, parameters)
    assert answer.status_code == 200, answer.content
    return answer.json()


def test_searching(client: Client, lessons: Tree) -> None:
    found = asked(client, ENTRIES, q="古诗")
    assert [item["title"] for item in found["items"]] == ["古诗三首"]
    assert (found["total"], found["total_is_capped"]) == (1, False)
    assert found["items"][0] | {"identifier": str(identifier(2)), "origin": "heluo.localhost"} == found["items"][0]
    assert asked(client, ENTRIES, facet=["subject:chinese", "subject:math"])["total"] == 2
    assert asked(client, ENTRIES, facet=["subject:chinese", "stage:primary"])["total"] == 0
    assert asked(client, ENTRIES, facet="nonsense")["total"] == 0
    assert asked(client, ENTRIES, kind="course")["total"] == 0


def test_page_by_page(client: Client, lessons: Tree) -> None:
    first = asked(client, ENTRIES, size=1, sort="oldest")
    second = asked(client, ENTRIES, size=1, sort="oldest", cursor=first["next_cursor"])
    assert [first["items"][0]["title"], second["items"][0]["title"]] == ["平行四边形的面积", "古诗三首"]
    assert asked(client, ENTRIES, size=1, sort="oldest", cursor=second["previous_cursor"])["items"] == first["items"]


def test_one_entry_with_its_versions(client: Client, lessons: Tree) -> None:
    publish_entry(by=lessons.reviewer, identifier=identifier(1), draft=lessons.draft(title="新名"), now=NOON)
    entry = asked(client, f"{ENTRIES}/{identifier(1)}")
    assert (entry["title"], entry["version"]) == ("新名", 2)
    assert [(version["version"], version["title"]) for version in entry["versions"]] == [
        (2, "新名"),
        (1, "平行四边形的面积"),
    ]


@pytest.mark.parametrize("number", [3, 99])
def test_not_there_and_not_yours_are_the_same(client: Client, lessons: Tree, number: int) -> None:
    answer = client.get(f"{ENTRIES}/{identifier(number)}")
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


@pytest.mark.parametrize(
    "parameters", [{"size": 0}, {"size": 101}, {"sort": "loudest"}, {"cursor": "made-up"}, {"q": "长" * 201}]
)
def test_what_makes_no_sense_is_named(client: Client, lessons: Tree, parameters: dict[str, Any]) -> None:
    assert client.get(ENTRIES, parameters).status_code in {400, 422}


@pytest.mark.django_db(transaction=True)
def test_the_change_log_goes_on_from_where_one_stopped(client: Client, lessons: Tree) -> None:
    withdraw_entry(by=lessons.reviewer, identifier=identifier(2), reason="版权争议", now=NOON)
    advance_horizon()
    first = asked(client, CHANGES, limit=1)
    rest = asked(client, CHANGES, after=first["last"])
    lines = [*first["changes"], *rest["changes"]]
    assert [(line["identifier"][-1], line["gone"], (line["entry"] or {}).get("title")) for line in lines] == [
        ("1", False, "平行四边形的面积"),
        ("2", True, None),
        ("2", True, None),
    ]
    end = asked(client, CHANGES, after=rest["last"])
    assert end == {"changes": [], "last": rest["last"]}


def test_facets_in_words(client: Client, lessons: Tree) -> None:
    facets = asked(client, "/api/v1/catalogue/facets")
    assert [facet["key"] for facet in facets] == ["stage", "subject"]
    assert facets[0]["values"][0] == {"code": "primary", "title": "小学"}
