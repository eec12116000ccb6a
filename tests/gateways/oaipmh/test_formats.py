"""What an entry says as Dublin Core and as LOM."""

import re

import pytest
from lxml import etree
from pytest_django import Settings

from heluo.engines.catalogue.enums import Licence
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
