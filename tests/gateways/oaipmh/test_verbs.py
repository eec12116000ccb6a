"""The six verbs and every refusal, as a harvester asks them."""

import gzip
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.core.signing import Signer
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from lxml import etree
from pytest_django import Settings

from heluo.engines.catalogue.enums import Visibility
from heluo.engines.catalogue.models import PublicFace
from heluo.gateways.oaipmh import pages
from heluo.kernel.actors.enums import Role
from tests.factories import NOON, a_bureau, a_person
from tests.gateways.oaipmh.conftest import NODE, OAI, Catalogue, Harvester, oai, tell, texts
from tests.register import browser

PLACE = "place:410000:410300:410305"
SETS = ["stage:primary", "subject:14", "place:410000", "place:410000:410300", PLACE]


# -- what there is ----------------------------------------------------------------------------------------------------


def test_identify(harvester: Harvester, catalogue: Catalogue, settings: Settings) -> None:
    settings.ADMIN_EMAIL = "keeper@edu.example"
    catalogue.publish(1)
    tell()
    at = NOON + timedelta(hours=1)
    PublicFace.objects.update(at=at)
    [said] = harvester.ask(verb="Identify").findall(f"{OAI}Identify")
    assert {etree.QName(one).localname: one.text for one in said if one.text} == {
        "repositoryName": f"河洛公共资源目录（{NODE}）",
        "baseURL": f"{settings.PUBLIC_URL}/oai",
        "protocolVersion": "2.0",
        "adminEmail": "keeper@edu.example",
        "earliestDatestamp": "2026-09-10T05:00:00Z",
        "deletedRecord": "persistent",
        "granularity": "YYYY-MM-DDThh:mm:ssZ",
        "compression": "gzip",
    }
    assert texts(said, "repositoryIdentifier") == [NODE]


def test_an_empty_catalogue_answers_too(harvester: Harvester, db: None) -> None:
    assert texts(harvester.ask(verb="Identify"), "earliestDatestamp") == texts(
        harvester.ask(verb="Identify"), "responseDate"
    )
    assert harvester.fault(verb="ListRecords", metadataPrefix="oai_dc") == "noRecordsMatch"
    assert harvester.fault(verb="ListSets") == "noSetHierarchy"


def test_formats_of_all_and_of_one(harvester: Harvester, catalogue: Catalogue) -> None:
    catalogue.publish(1, 2)
    catalogue.withdraw(2)
    tell()
    for asked in ({}, {"identifier": oai(1)}, {"identifier": oai(2)}):
        root = harvester.ask(verb="ListMetadataFormats", **asked)
        assert texts(root, "metadataPrefix") == ["oai_dc", "lom", "heluo"]
        assert texts(root, "metadataNamespace")[1] == "http://ltsc.ieee.org/xsd/LOM"


def test_sets_by_pages(harvester: Harvester, catalogue: Catalogue, settings: Settings) -> None:
    catalogue.publish(1)
    tell()
    root = harvester.ask(verb="ListSets")
    assert sorted(texts(root, "setSpec")) == sorted(SETS)
    names = dict(zip(texts(root, "setSpec"), texts(root, "setName"), strict=True))
    assert names["subject:14"] == "学科：数学"
    assert names["stage:primary"] == "学段：小学"
    assert names[PLACE] == "洛阳市涧西区教育局"
    assert not root.findall(f".//{OAI}resumptionToken"), "one page has no token"
    settings.HARVEST_PAGE = 2
    by_pages = [texts(one, "setSpec")[0] for one in harvester.records("ListSets", metadataPrefix=None)]
    assert by_pages == texts(root, "setSpec")


def test_a_record(harvester: Harvester, catalogue: Catalogue) -> None:
    catalogue.publish(1)
    tell()
    root = harvester.ask(verb="GetRecord", identifier=oai(1), metadataPrefix="oai_dc")
    [header] = root.iter(f"{OAI}header")
    assert texts(header, "identifier") == [oai(1)]
    assert texts(header, "setSpec") == SETS
    assert texts(header, "datestamp")[0] <= texts(root, "responseDate")[0]
    assert texts(root, "title") == ["第1个"]
    request = root.find(f"{OAI}request")
    assert request is not None
    assert dict(request.attrib) == {"verb": "GetRecord", "identifier": oai(1), "metadataPrefix": "oai_dc"}


@pytest.mark.parametrize("prefix", ["oai_dc", "lom"])
def test_a_gone_record_is_a_header_for_ever(harvester: Harvester, catalogue: Catalogue, prefix: str) -> None:
    catalogue.publish(1)
    tell()
    catalogue.withdraw(1)
    tell()
    listed = harvester.records(metadataPrefix=prefix)
    got = harvester.ask(verb="GetRecord", identifier=oai(1), metadataPrefix=prefix)
    for record in [*listed, *got.iter(f"{OAI}record")]:
        [header] = record
        assert header.get("status") == "deleted"
        assert texts(header, "setSpec") == SETS


def test_records_and_identifiers_say_the_same(harvester: Harvester, catalogue: Catalogue) -> None:
    catalogue.publish(1, 2, 3)
    catalogue.withdraw(2)
    tell()
    headers = harvester.records("ListIdentifiers")
    assert [etree.tostring(one) for one in headers] == [etree.tostring(one[0]) for one in harvester.records()]
    assert harvester.numbers() == [1, 3, -2]


# -- parts of a list --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("within", [None, "subject:14"])
@pytest.mark.parametrize("count", [1, 3, 4, 5, 6])
def test_the_last_page_has_an_empty_token_and_a_single_page_none(
    harvester: Harvester, catalogue: Catalogue, settings: Settings, count: int, within: str | None
) -> None:
    settings.HARVEST_PAGE = 3
    catalogue.publish(*range(1, count + 1))
    tell()
    asked: dict[str, Any] = {"metadataPrefix": "oai_dc"} | ({"set": within} if within else {})
    seen, cursors = [], []
    while asked:
        root = harvester.ask(verb="ListIdentifiers", **asked)
        seen.append(len(root.findall(f".//{OAI}header")))
        [*tokens] = root.iter(f"{OAI}resumptionToken")
        cursors += [token.get("cursor") for token in tokens]
        asked = {"resumptionToken": tokens[0].text} if tokens and tokens[0].text else {}
    assert seen == {1: [1], 3: [3], 4: [3, 1], 5: [3, 2], 6: [3, 3]}[count]
    assert cursors == (["0", "3"] if count > 3 else [])


def test_a_list_goes_on_while_entries_come_change_and_go(
    harvester: Harvester, catalogue: Catalogue, settings: Settings
) -> None:
    settings.HARVEST_PAGE = 2
    catalogue.publish(1, 2, 3, 4, 5)
    tell()
    root = harvester.ask(verb="ListIdentifiers", metadataPrefix="oai_dc")
    [token] = texts(root, "resumptionToken")
    catalogue.withdraw(3)
    catalogue.publish(1, description="改过")
    catalogue.publish(6)
    tell()
    rest = harvester.numbers(resumptionToken=token, metadataPrefix=None)
    assert rest == [4, 5, -3, 1, 6], "each at its latest change"


def test_a_set_and_both_ends_of_a_time(harvester: Harvester, catalogue: Catalogue) -> None:
    for number in range(1, 5):
        catalogue.publish(number, facets={"subject": ["14" if number != 3 else "13"]})
        tell()
        PublicFace.objects.filter(entry__uuid=UUID(int=number)).update(at=NOON + timedelta(hours=12 * number))
    at = [f"2026-09-{day}T{hour}:00:00Z" for day, hour in (("10", "16"), ("11", "04"), ("11", "16"), ("12", "04"))]
    assert harvester.numbers(since=at[1]) == [2, 3, 4]
    assert harvester.numbers(until=at[1]) == [1, 2]
    assert harvester.numbers(since=at[1], until=at[1]) == [2]
    assert harvester.numbers(since="2026-09-11", until="2026-09-11") == [2, 3], "a day is told whole"
    assert harvester.numbers(since="2026-09-11", set="subject:14") == [2, 4]
    assert harvester.numbers(set="place:410000:410300") == [1, 2, 3, 4], "a place holds what is below it"
    assert harvester.numbers(until="9999-12-31T23:59:59Z") == [1, 2, 3, 4]
    assert harvester.numbers(until="9999-12-31") == [1, 2, 3, 4]
    for nothing in (
        {"since": "2026-09-13"},
        {"until": "2026-09-09"},
        {"until": "0001-01-01"},
        {"set": "subject:99"},
        {"set": "subject"},
        {"set": "subject:13", "since": at[3]},
    ):
        assert harvester.fault(verb="ListRecords", metadataPrefix="oai_dc", **nothing) == "noRecordsMatch"


def test_the_end_of_a_time_holds_on_later_pages(harvester: Harvester, catalogue: Catalogue, settings: Settings) -> None:
    settings.HARVEST_PAGE = 2
    for number in range(1, 6):
        catalogue.publish(number)
        tell()
        PublicFace.objects.filter(entry__uuid=UUID(int=number)).update(at=NOON + timedelta(seconds=number))
    assert harvester.numbers(until="2026-09-10T04:00:04Z") == [1, 2, 3, 4]


# -- refusals ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "asked",
    [
        {},
        {"verb": "Harvest"},
        {"verb": "identify"},
        {"verb": ""},
        {"verb": ["Identify", "ListSets"]},
        {"verb": ["Identify", "Identify"]},
    ],
)
def test_bad_verbs(harvester: Harvester, db: None, asked: dict[str, Any]) -> None:
    root = harvester.ask(**asked)
    assert [error.get("code") for error in root.findall(f"{OAI}error")] == ["badVerb"]
    assert not dict(root.find(f"{OAI}request").attrib)  # type: ignore[union-attr]  # there is one


RECORDS = {"verb": "ListRecords", "metadataPrefix": "oai_dc"}


@pytest.mark.parametrize(
    "asked",
    [
        {"verb": "Identify", "set": "subject:14"},
        {"verb": "ListSets", "metadataPrefix": "oai_dc"},
        {"verb": "GetRecord", "metadataPrefix": "oai_dc"},
        {"verb": "GetRecord", "identifier": oai(1)},
        {"verb": "GetRecord", "identifier": oai(1), "metadataPrefix": "oai_dc", "resumptionToken": "x"},
        {"verb": "GetRecord", "identifier": "分数", "metadataPrefix": "oai_dc"},
        {"verb": "GetRecord", "identifier": "%%%", "metadataPrefix": "oai_dc"},
        {"verb": "ListMetadataFormats", "identifier": "no uri"},
        {"verb": "ListRecords"},
        {"verb": "ListRecords", "metadataPrefix": ""},
        {"verb": "ListRecords", "metadataPrefix": "oai dc"},
        {"verb": "ListRecords", "metadataPrefix": ["oai_dc", "lom"]},
        {"verb": "ListRecords", "metadataPrefix": "oai_dc", "resumptionToken": "x"},
        {**RECORDS, "colour": "red"},
        {**RECORDS, "set": ""},
        {**RECORDS, "set": "学科:数学"},
        {**RECORDS, "set": "subject::14"},
        {**RECORDS, "since": "2026"},
        {**RECORDS, "since": "2026-02-30"},
        {**RECORDS, "since": "0000-01-01"},
        {**RECORDS, "since": "2026-09-10T04:00:00"},
        {**RECORDS, "since": "2026-09-10T04:00:00+08:00"},
        {**RECORDS, "until": "2026-09-10T25:00:00Z"},
        {**RECORDS, "until": "２０２６-09-10"},
        {**RECORDS, "since": "2026-09-10", "until": "2026-09-11T00:00:00Z"},
        {**RECORDS, "since": "2026-09-11", "until": "2026-09-10"},
    ],
)
def test_bad_arguments(harvester: Harvester, db: None, asked: dict[str, Any]) -> None:
    root = harvester.ask(**asked)
    assert [error.get("code") for error in root.findall(f"{OAI}error")] == ["badArgument"]
    assert not dict(root.find(f"{OAI}request").attrib)  # type: ignore[union-attr]


def test_formats_and_identifiers_that_are_not_there(harvester: Harvester, catalogue: Catalogue) -> None:
    catalogue.publish(1)
    catalogue.publish(2, visibility=Visibility.TREE)
    catalogue.publish(3, visibility=Visibility.SIGNED_IN)
    tell()
    for verb, asked in (("GetRecord", {"identifier": oai(1)}), ("ListRecords", {}), ("ListIdentifiers", {})):
        assert harvester.fault(verb=verb, metadataPrefix="marc21", **asked) == "cannotDisseminateFormat"
    for identifier in (
        oai(2),
        oai(3),
        oai(9),
        f"oai:other.example:{UUID(int=1)}",
        f"oai:{NODE}:{UUID(int=1).hex}",
        "https://edu.example/1",
        "oai:x:1",
    ):
        assert harvester.fault(verb="ListMetadataFormats", identifier=identifier) == "idDoesNotExist"
        asked = {"identifier": identifier, "metadataPrefix": "oai_dc"}
        assert harvester.fault(verb="GetRecord", **asked) == "idDoesNotExist"
    assert harvester.numbers() == [1]


def test_tokens_that_are_not_ours(harvester: Harvester, catalogue: Catalogue, settings: Settings) -> None:
    settings.HARVEST_PAGE = 1
    catalogue.publish(1, 2)
    tell()
    [token] = texts(harvester.ask(**RECORDS), "resumptionToken")
    [of_sets] = texts(harvester.ask(verb="ListSets"), "resumptionToken")
    forged = Signer(key="x" * 50, salt="heluo.gateways.oaipmh.ListRecords").sign_object(["oai_dc", "", None, 0, 0])
    flipped = token[:5] + ("A" if token[5] != "A" else "B") + token[6:]
    for bad in ("", "x", ":", token[:-1], token + "A", flipped, of_sets, forged, "\x01", token.replace(":", "")):
        assert harvester.fault(verb="ListRecords", resumptionToken=bad) == "badResumptionToken"
    assert harvester.fault(verb="ListIdentifiers", resumptionToken=token) == "badResumptionToken", "of another verb"
    assert harvester.fault(verb="ListSets", resumptionToken=token) == "badResumptionToken"
    assert texts(harvester.ask(verb="ListRecords", resumptionToken=token), "title") == ["第2个"]


# -- the way there ----------------------------------------------------------------------------------------------------


def test_asked_by_post(catalogue: Catalogue) -> None:
    """As a form, without a cookie or a page's secret."""
    catalogue.publish(1)
    tell()
    answer = Client(enforce_csrf_checks=True).post("/oai", RECORDS)
    assert answer.status_code == 200
    assert texts(etree.fromstring(answer.content), "title") == ["第1个"]
    assert Client().put("/oai").status_code == 405


def test_compressed_where_asked_for(harvester: Harvester, catalogue: Catalogue) -> None:
    catalogue.publish(1)
    tell()
    plain = harvester.web.get("/oai", RECORDS)
    assert not plain.has_header("Content-Encoding")
    packed = harvester.web.get("/oai", RECORDS, headers={"Accept-Encoding": "gzip"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert texts(etree.fromstring(gzip.decompress(packed.content)), "title") == ["第1个"]


def test_the_answer_is_the_same_for_everybody(catalogue: Catalogue) -> None:
    """Nobody is told more because they are signed in, and nothing depends on a browser's language."""
    catalogue.publish(1)
    catalogue.publish(2, visibility=Visibility.SIGNED_IN)
    tell()
    admin = browser(a_person(Role.PROVINCE_ADMIN, a_bureau("410000")).person)
    asked = {"verb": "ListRecords", "metadataPrefix": "lom"}
    [mine] = etree.fromstring(admin.get("/oai", asked, headers={"Accept-Language": "en"}).content).iter(
        f"{OAI}ListRecords"
    )
    [everybodys] = Harvester().ask(**asked).iter(f"{OAI}ListRecords")
    assert etree.tostring(mine) == etree.tostring(everybodys)
    assert "小学" in texts(mine, "string")


def test_who_asks_too_often_is_told_when_to_come_back(
    harvester: Harvester, db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "KNOCKS_PER_MINUTE", 2)
    for _turn in range(2):
        harvester.ask(verb="Identify")
    answer = harvester.web.get("/oai", {"verb": "Identify"})
    assert answer.status_code == 503
    assert 1 <= int(answer.headers["Retry-After"]) <= 61


@pytest.mark.parametrize(
    "ask",
    [
        lambda harvester: harvester.ask(**RECORDS),
        lambda harvester: harvester.ask(verb="ListRecords", metadataPrefix="lom", set="subject:14"),
        lambda harvester: harvester.ask(verb="ListIdentifiers", metadataPrefix="oai_dc"),
    ],
)
def test_three_cost_what_one_costs(catalogue: Catalogue, ask: Callable[[Harvester], object]) -> None:
    counts = []
    for numbers in ((1,), (2, 3)):
        catalogue.publish(*numbers)
        tell()
        ask(Harvester())
        with CaptureQueriesContext(connection) as statements:
            ask(Harvester())
        counts.append(len(statements))
    assert counts[0] == counts[1]
