"""What an entry says as Dublin Core and as LOM."""

import re
from uuid import UUID

import pytest
from lxml import etree
from pytest_django import Settings

from heluo.engines.catalogue.access import Permission
from heluo.engines.catalogue.enums import Licence
from heluo.engines.catalogue.public import publish_entry
from heluo.kernel.actors.public import platform_actor
from tests.factories import NOON
from tests.gateways.oaipmh.conftest import Catalogue, Harvester, oai, tell, texts

LOM = "{http://ltsc.ieee.org/xsd/LOM}"


def metadata(harvester: Harvester, prefix: str) -> etree._Element:
    root = harvester.ask(verb="GetRecord", identifier=oai(1), metadataPrefix=prefix)
    [container] = root.iter("{*}metadata")
    return container[0]


def test_dublin_core(harvester: Harvester, catalogue: Catalogue, settings: Settings) -> None:
    catalogue.publish(1)
    tell()
    said = metadata(harvester, "oai_dc")
    assert [(etree.QName(one).localname, one.text) for one in said] == [
        ("title", "第1个"),
        ("creator", "示例教师"),
        ("subject", "小学"),
        ("subject", "三年级"),
        ("subject", "数学"),
        ("subject", "分数"),
        ("subject", "平均分"),
        ("description", "用一个圆的平均分认识几分之一。"),
        ("publisher", catalogue.school.name),
        ("date", "2026-09-10"),
        ("type", "课件"),
        ("format", "application/pdf"),
        ("format", "video/mp4"),
        ("identifier", f"{settings.PUBLIC_URL}/resources/00000000-0000-0000-0000-000000000001/"),
        ("identifier", oai(1)),
        ("language", "zh-CN"),
        ("rights", "署名 CC BY 4.0"),
        ("rights", "https://creativecommons.org/licenses/by/4.0/"),
    ]


def test_lom(harvester: Harvester, catalogue: Catalogue, settings: Settings) -> None:
    catalogue.publish(1)
    tell()
    said = metadata(harvester, "lom")

    def at(path: str) -> list[str]:
        return [one.text or "" for one in said.findall("/".join(f"{LOM}{step}" for step in path.split("/")))]

    page = f"{settings.PUBLIC_URL}/resources/00000000-0000-0000-0000-000000000001/"
    assert at("general/identifier/catalog") == ["oai", "URI"]
    assert at("general/identifier/entry") == [oai(1), page]
    assert at("general/title/string") == ["第1个"]
    assert at("general/keyword/string") == ["分数", "平均分"]
    assert {one.get("language") for one in said.iter(f"{LOM}string")} == {"zh-CN"}
    assert at("lifeCycle/version/string") == ["2"]
    assert at("lifeCycle/contribute/role/value") == ["author", "publisher"]
    assert "FN:示例教师" in at("lifeCycle/contribute/entity")[0].splitlines()
    assert at("technical/format") == ["application/pdf", "video/mp4"]
    assert at("technical/location") == [page]
    assert at("technical/duration/duration") == ["PT62S"]
    assert at("educational/learningResourceType/value") == ["slide"]
    assert at("educational/context/value") == ["school"]
    assert at("rights/copyrightAndOtherRestrictions/value") == ["yes"]
    assert at("rights/description/string") == ["署名 CC BY 4.0 https://creativecommons.org/licenses/by/4.0/"]
    assert at("classification/purpose/value") == ["educational level", "educational level", "discipline"]
    assert at("classification/taxonPath/source/string") == ["学段", "年级", "学科"]
    assert at("classification/taxonPath/taxon/id") == ["primary", "primary-3", "14"]
    assert at("classification/taxonPath/taxon/entry/string") == ["小学", "三年级", "数学"]


FILES = [
    {"file": str(UUID(int=7)), "name": "分数.pdf", "sha256": "a" * 64, "size": 12, "type": "application/pdf"},
    {"file": str(UUID(int=8)), "name": "分数 <1>.mp4", "sha256": "b" * 64, "size": 34_000, "type": "video/mp4"},
]


def test_our_own_format(harvester: Harvester, catalogue: Catalogue, settings: Settings) -> None:
    """All that other nodes need, files by their SHA-256, valid by the schema that the provider names."""
    author = UUID(int=5)
    catalogue.publish(1, creator_id=author, payload={"version": 2, "files": FILES, "duration_ms": 61_500})
    tell()
    said = metadata(harvester, "heluo")
    page = f"{settings.PUBLIC_URL}/resources/00000000-0000-0000-0000-000000000001/"
    assert dict(said.attrib) == {"kind": "resource", "version": "2"}
    assert [(etree.QName(one).localname, one.text) for one in said if one.text] == [
        ("title", "第1个"),
        ("description", "用一个圆的平均分认识几分之一。"),
        ("keyword", "分数"),
        ("keyword", "平均分"),
        ("language", "zh-CN"),
        ("licence", "CC-BY-4.0"),
        ("creator", "示例教师"),
        ("organisation", catalogue.school.name),
        ("firstPublished", "2026-09-10T04:00:00Z"),
        ("published", "2026-09-10T04:00:00Z"),
        ("address", page),
        ("duration", "PT62S"),
    ]
    assert [one.get("id") for one in said if one.get("id")] == [str(author), str(catalogue.school.uuid)]
    facets = [(one.get("key"), one.get("code")) for one in said.iter("{*}facet")]
    assert ("subject", "14") in facets
    assert ("grade", "primary-3") in facets
    assert [dict(one.attrib) for one in said.iter("{*}file")] == [
        {name: str(file[name]) for name in ("sha256", "size", "type", "name")}
        | {"href": f"{page}files/{file['file']}/download/"}
        for file in FILES
    ]


@pytest.mark.django_db
def test_the_schema_of_our_own_format_stands_where_the_provider_says(harvester: Harvester, settings: Settings) -> None:
    said = harvester.ask(verb="ListMetadataFormats")
    where = texts(said, "schema")[2]
    answer = harvester.web.get(where.removeprefix(settings.PUBLIC_URL))
    assert answer.headers["Content-Type"] == "application/xml; charset=utf-8"
    assert etree.fromstring(answer.content).get("targetNamespace") == texts(said, "metadataNamespace")[2]


def test_what_another_node_published_first_keeps_its_name(harvester: Harvester, catalogue: Catalogue) -> None:
    """Whoever hears of it here and there knows it again; under our own name it is not there."""
    receiver = platform_actor("测试", [Permission.PUBLISH, Permission.RECEIVE])
    publish_entry(by=receiver, identifier=UUID(int=1), draft=catalogue.draft("外"), origin="other.example", now=NOON)
    tell()
    theirs = f"oai:other.example:{UUID(int=1)}"
    assert texts(harvester.ask(verb="ListIdentifiers", metadataPrefix="heluo"), "identifier") == [theirs]
    said = harvester.ask(verb="GetRecord", identifier=theirs, metadataPrefix="oai_dc")
    assert texts(said, "identifier")[0] == theirs
    assert harvester.fault(verb="GetRecord", identifier=oai(1), metadataPrefix="oai_dc") == "idDoesNotExist"


@pytest.mark.parametrize("licence", [*Licence.values, "MIT"])
@pytest.mark.parametrize("prefix", ["oai_dc", "lom"])
def test_every_licence_is_said(harvester: Harvester, catalogue: Catalogue, licence: str, prefix: str) -> None:
    catalogue.publish(1, licence=licence)
    tell()
    said = metadata(harvester, prefix)
    rights = " ".join(texts(said, "rights") if prefix == "oai_dc" else texts(next(said.iter(f"{LOM}rights")), "string"))
    known = Licence(licence) if licence in Licence.values else None
    assert (str(known.label) if known else licence) in rights
    assert ("https://creativecommons.org/" in rights) == (known is not None and known != Licence.RESERVED)


@pytest.mark.parametrize("prefix", ["oai_dc", "lom"])
def test_what_an_entry_may_hold_makes_no_broken_answer(harvester: Harvester, catalogue: Catalogue, prefix: str) -> None:
    """Markup, characters that XML does not know, and what other nodes put where ours put something else."""
    catalogue.publish(
        1,
        description="<script>&\x0b]]>\ufffe\U0001f600 第二行\n",
        creator_name="名,;\\\n姓",
        language="no language",
        keywords=[],
        facets={},
        payload={"formats": "pdf", "duration_ms": "long", "version": "two"},
    )
    tell()
    said = metadata(harvester, prefix)
    [description] = [text for text in texts(said, "description") + texts(said, "string") if "script" in text][:1]
    assert description == "<script>&]]>\U0001f600 第二行"
    if prefix == "lom":
        [card] = [one for one in texts(said, "entity") if "名" in one]
        assert re.search(r"^FN:名\\,\\;\\\\ 姓$", card, re.MULTILINE)
