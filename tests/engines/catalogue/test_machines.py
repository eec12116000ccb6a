"""What machines read of the catalogue: the map for search engines, feeds, and linked data in pages."""

import json
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from lxml import etree
from pytest_django import Settings

from heluo.engines.catalogue import registry
from heluo.engines.catalogue.enums import Meaning, Visibility
from heluo.engines.catalogue.models import Entry, PublicFace
from heluo.engines.catalogue.public import (
    Facet,
    FacetValue,
    linked_data,
    publish_entries,
    register_facets,
    withdraw_entry,
)
from heluo.engines.catalogue.queries import telling as queries
from tests.engines.catalogue.conftest import NOON, Tree, identifier, tell

MAP = {"m": "http://www.sitemaps.org/schemas/sitemap/0.9"}
ATOM = {"a": "http://www.w3.org/2005/Atom"}
KIND = "resource"
pytestmark = pytest.mark.django_db


def publish(tree: Tree, *numbers: int, **changes: Any) -> None:
    drafts = {
        identifier(number): tree.draft(**{"kind": KIND, "title": f"第{number}个"} | changes) for number in numbers
    }
    publish_entries(by=tree.reviewer, drafts=drafts, now=NOON)


def page(number: int, settings: Settings) -> str:
    return f"{settings.PUBLIC_URL}/resources/{identifier(number)}/"


def xml(path: str) -> etree._Element:
    answer = Client().get(path)
    assert answer.status_code == 200
    return etree.fromstring(answer.content)


# -- the map ----------------------------------------------------------------------------------------------------------


def test_the_map_names_every_public_page_and_when_it_changed(tree: Tree, settings: Settings) -> None:
    publish(tree, 1, 2, 3)
    publish(tree, 4, visibility=Visibility.TREE)
    publish(tree, 5, kind="entry")
    withdraw_entry(by=tree.reviewer, identifier=identifier(2), reason="版权争议", now=NOON)
    tell()
    PublicFace.objects.update(at=NOON)
    index = xml("/sitemap.xml")
    [part] = index.xpath("//m:loc/text()", namespaces=MAP)
    assert index.xpath("//m:lastmod/text()", namespaces=MAP) == ["2026-09-01T04:00:00Z"]
    assert part.startswith(f"{settings.PUBLIC_URL}/sitemap-")
    pages = xml(part.removeprefix(settings.PUBLIC_URL))
    assert pages.xpath("//m:loc/text()", namespaces=MAP) == [page(1, settings), page(3, settings)]
    assert set(pages.xpath("//m:lastmod/text()", namespaces=MAP)) == {"2026-09-01T04:00:00Z"}


def test_what_was_hidden_is_off_the_map_at_once(tree: Tree) -> None:
    publish(tree, 1, 2)
    tell()
    publish(tree, 2, visibility=Visibility.TREE)
    [part] = xml("/sitemap.xml").xpath("//m:loc/text()", namespaces=MAP)
    [only] = xml(f"/{part.rpartition('/')[2]}").xpath("//m:loc/text()", namespaces=MAP)
    assert str(identifier(1)) in only


def test_parts_hold_no_more_than_search_engines_take(tree: Tree, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "ON_A_MAP", 3)
    publish(tree, *range(1, 9))
    tell()
    parts = xml("/sitemap.xml").xpath("//m:loc/text()", namespaces=MAP)
    sizes = [len(xml(f"/{part.rpartition('/')[2]}").xpath("//m:url", namespaces=MAP)) for part in parts]
    assert sum(sizes) == 8
    assert max(sizes) <= 3
    assert Client().get("/sitemap-999.xml").status_code == 404


def test_a_part_costs_the_same_whatever_it_holds(tree: Tree) -> None:
    counts = []
    for numbers in ((1,), (2, 3)):
        publish(tree, *numbers)
        tell()
        [part] = xml("/sitemap.xml").xpath("//m:loc/text()", namespaces=MAP)
        with CaptureQueriesContext(connection) as statements:
            xml(f"/{part.rpartition('/')[2]}")
        counts.append(len(statements))
    assert counts[0] == counts[1]


# -- feeds ------------------------------------------------------------------------------------------------------------


def test_a_feed_tells_what_is_new_on_its_list(tree: Tree, settings: Settings) -> None:
    publish(tree, 1, title="圆的面积", description="画<圆>\x0b", keywords=["圆"])
    publish(tree, 2, title="圆的周长", facets={"subject": ["chinese"]})
    publish(tree, 3, title="圆的内部", visibility=Visibility.SIGNED_IN)
    publish(tree, 4, title="三角形的面积")
    answer = Client().get(
        f"/feeds/{KIND}.atom", {"q": "圆", "subject": "math", "sort": "oldest", "cursor": "x", "x": "1"}
    )
    assert answer.headers["Content-Type"] == "application/atom+xml; charset=utf-8"
    feed = etree.fromstring(answer.content)
    assert feed.xpath("a:entry/a:title/text()", namespaces=ATOM) == ["圆的面积"]
    [entry] = feed.xpath("a:entry", namespaces=ATOM)

    def said(path: str) -> str:
        return str(entry.xpath(f"string({path})", namespaces=ATOM))

    assert said("a:id") == f"urn:uuid:{identifier(1)}"
    assert said("a:updated") == said("a:published") == "2026-09-01T04:00:00Z"
    assert said("a:link/@href") == page(1, settings)
    assert said("a:author/a:name") == "示例教师 · 河洛示例小学"
    assert said("a:summary") == "画<圆>"
    assert said("a:category/@term") == "圆"
    asked = "?q=%E5%9C%86&subject=math"
    links = {one.get("rel"): one.get("href") for one in feed.xpath("a:link", namespaces=ATOM)}
    assert links == {
        "self": f"{settings.PUBLIC_URL}/feeds/{KIND}.atom{asked}",
        "alternate": f"{settings.PUBLIC_URL}/resources/{asked}",
    }
    assert feed.xpath("string(a:id)", namespaces=ATOM) == links["self"]
    assert feed.xpath("string(a:updated)", namespaces=ATOM) == "2026-09-01T04:00:00Z"


def test_a_feed_without_anything_is_a_feed(tree: Tree) -> None:
    feed = xml(f"/feeds/{KIND}.atom?q=没有")
    assert not feed.xpath("a:entry", namespaces=ATOM)
    assert feed.xpath("string(a:updated)", namespaces=ATOM)


@pytest.mark.parametrize("kind", ["entry", "nothing", "person"])
def test_there_are_feeds_of_lists_alone(db: None, kind: str) -> None:
    assert Client().get(f"/feeds/{kind}.atom").status_code == 404


def test_a_feed_costs_the_same_whatever_it_holds(tree: Tree) -> None:
    counts = []
    for numbers in ((1,), (2, 3)):
        publish(tree, *numbers)
        with CaptureQueriesContext(connection) as statements:
            xml(f"/feeds/{KIND}.atom")
        counts.append(len(statements))
    assert counts[0] == counts[1]


# -- linked data ------------------------------------------------------------------------------------------------------


def test_linked_data_says_what_a_learning_resource_is(
    tree: Tree, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(registry, "_facets", {})
    register_facets(
        [
            Facet("stage", "学段", (FacetValue("primary", "小学"),), meaning=Meaning.LEVEL),
            Facet("subject", "学科", (FacetValue("math", "数学"),), meaning=Meaning.DISCIPLINE),
            Facet("point", "知识点", (FacetValue("area", "面积"),), meaning=Meaning.IDEA),
            Facet("form", "类型", (FacetValue("film", "微课"),), meaning=Meaning.TYPE),
            Facet("media", "文件", (FacetValue("video", "视频"),)),
        ]
    )
    publish(
        tree,
        1,
        description="</script><script>alert(1)</script>&",
        keywords=["圆"],
        facets={"stage": ["primary"], "subject": ["math"], "point": ["area"], "form": ["film"], "media": ["video"]},
        payload={"version": 3, "formats": ["video/mp4"], "duration_ms": 61_000},
    )
    said = linked_data(Entry.objects.select_related("organisation").get())
    assert not set("<>&") & set(said), "nothing can end the element that holds it"
    whole = json.loads(said)
    alignments = {
        (one["alignmentType"], one["educationalFramework"], one["targetName"])
        for one in whole.pop("educationalAlignment")
    }
    assert alignments == {
        ("educationalLevel", "学段", "小学"),
        ("educationalSubject", "学科", "数学"),
        ("teaches", "知识点", "面积"),
    }
    assert whole == {
        "@context": "https://schema.org",
        "@type": "LearningResource",
        "@id": page(1, settings),
        "url": page(1, settings),
        "identifier": f"urn:uuid:{identifier(1)}",
        "name": "第1个",
        "description": "</script><script>alert(1)</script>&",
        "inLanguage": "zh-CN",
        "keywords": ["圆"],
        "license": "https://creativecommons.org/licenses/by/4.0/",
        "author": {"@type": "Person", "name": "示例教师"},
        "publisher": {"@type": "Organization", "name": "河洛示例小学"},
        "datePublished": "2026-09-01T04:00:00+00:00",
        "dateModified": "2026-09-01T04:00:00+00:00",
        "version": 3,
        "isAccessibleForFree": True,
        "learningResourceType": ["微课"],
        "educationalLevel": ["小学"],
        "about": [{"@type": "Thing", "name": "数学"}],
        "teaches": ["面积"],
        "encodingFormat": ["video/mp4"],
        "timeRequired": "PT61S",
    }


def test_linked_data_is_for_what_everybody_may_see(tree: Tree) -> None:
    publish(tree, 1, visibility=Visibility.SIGNED_IN)
    assert linked_data(Entry.objects.select_related("organisation").get()) == ""
