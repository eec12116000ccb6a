"""Where officers keep sources, and where everybody finds what came from them."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from heluo.engines.catalogue.models import Entry
from heluo.gateways.harvesting.enums import Trouble
from heluo.gateways.harvesting.models import Comparison, Held, Run, Source, Term
from heluo.kernel.actors.enums import Role
from tests.domains.resources.conftest import browser_of
from tests.factories import NOON, a_bureau, a_person, a_school, a_teacher
from tests.gateways.harvesting.conftest import House, done, oai, ran, uuid
from tests.gateways.harvesting.provider import dc, record

pytestmark = pytest.mark.django_db
LIST = "/workbench/harvesting/"


def address(source: Source, behind: str = "") -> str:
    return f"{LIST}{source.uuid}/{behind}"


def test_an_officer_adds_a_source_after_seeing_what_it_is(house: House) -> None:
    provider = house.provider(record(oai(1), dc("一")))
    officer = browser_of(house.officer)
    asked = officer.post(f"{LIST}new/", {"base_url": provider.url, "set_spec": ""})
    assert asked.status_code == 200
    for said in ("示例市平台", "a.example", "Dublin Core"):
        assert said in asked.content.decode()
    assert not Source.objects.exists()
    given = {
        "base_url": provider.url,
        "set_spec": "",
        "name": "示例市平台",
        "organisation": str(house.bureau.uuid),
        "licence": "CC-BY-4.0",
        "rhythm": "daily",
        "share": "20",
    }
    assert officer.post(f"{LIST}new/", {**given, "organisation": str(a_bureau("410200").uuid)}).status_code == 422
    assert officer.post(f"{LIST}new/", {**given, "share": "0"}).status_code == 422
    source = officer.post(f"{LIST}new/", given)
    kept = Source.objects.get()
    assert source.headers["Location"] == address(kept)
    assert (kept.prefix, kept.origin, kept.organisation) == ("oai_dc", "a.example", house.bureau)
    again = officer.post(f"{LIST}new/", given)
    assert again.status_code == 422
    assert "已经是采集来源" in again.content.decode()


def test_an_address_that_is_no_provider_is_named_beside_the_field(house: House) -> None:
    provider = house.provider(instead=lambda _asked, _n: (404, {}, b""))
    refused = browser_of(house.officer).post(f"{LIST}new/", {"base_url": provider.url})
    assert refused.status_code == 422
    assert "来源平台拒绝了请求" in refused.content.decode()


def test_the_list_and_a_source_say_how_it_stands(house: House) -> None:
    source = house.source(house.provider(record(oai(1), dc("一")), record(oai(2), dc(""))))
    officer = browser_of(house.officer)
    assert "还没有采集过" in officer.get(address(source)).content.decode()
    done(house.harvest(source))
    shown = officer.get(LIST).content.decode()
    assert "1 条记录" in shown
    assert "1 条待处理" in shown
    assert "新增 1、更新 0、下架 0、待处理 1" in officer.get(address(source)).content.decode()


def test_a_longer_list_costs_no_more_statements(house: House) -> None:
    officer = browser_of(house.officer)

    def cost() -> int:
        with CaptureQueriesContext(connection) as context:
            assert officer.get(LIST).status_code == 200
        return len(context)

    done(house.harvest(house.source(house.provider(record(oai(1), dc("一")), record("", dc("二"))))))
    cost()
    with_one = cost()
    for domain in ("b.example", "c.example"):
        done(house.harvest(house.source(house.provider(record(oai(1, domain), dc("一")), domain=domain))))
    assert cost() == with_one


def test_an_officer_runs_pauses_changes_and_decides(house: House) -> None:
    provider = house.provider(*(record(oai(n), dc(f"第{n}个")) for n in range(1, 31)))
    source = house.source(provider)
    officer = browser_of(house.officer)
    officer.post(address(source), {"do": "run"})
    assert "正在采集" in officer.get(address(source)).content.decode()
    ran(Run.objects.get(), now=Run.objects.get().started_at)
    officer.post(address(source), {"do": "pause"})
    assert "请先恢复" in officer.post(address(source), {"do": "run"}, follow=True).content.decode()
    officer.post(address(source), {"do": "resume"})
    kept = {"name": "新名", "licence": "CC-BY-4.0", "rhythm": "hourly", "share": "50"}
    assert officer.post(address(source, "edit/"), kept).status_code == 302
    source.refresh_from_db()
    assert (source.name, source.share) == ("新名", 50)
    provider.records = [record(oai(n), None) for n in range(1, 31)]
    house.harvest(source)
    assert "要下架 30 条记录" in officer.get(address(source)).content.decode()
    officer.post(address(source), {"do": "approve"})
    done(ran(Run.objects.latest("pk")))
    assert not Entry.objects.filter(state="published").exists()


def test_records_held_back_are_shown_tried_again_and_dismissed(house: House) -> None:
    source = house.source(house.provider(record(oai(1), dc("")), record(oai(2), dc("二", rights="仅供教学"))))
    done(house.harvest(source))
    officer = browser_of(house.officer)
    assert "没有标题" in officer.get(address(source, "held/")).content.decode()
    held = Held.objects.get(key=oai(1))
    one = officer.get(address(source, f"held/{held.pk}/")).content.decode()
    assert "&lt;dc:creator&gt;李老师" in one
    assert officer.post(address(source, f"held/{held.pk}/"), {"reason": ""}).status_code == 422
    officer.post(address(source, f"held/{held.pk}/"), {"reason": "没有内容"})
    assert officer.get(address(source, f"held/{held.pk}/")).status_code == 404
    term = Term.objects.get(value="仅供教学")
    assert "仅供教学" in officer.get(address(source, "terms/")).content.decode()
    officer.post(address(source, "terms/"), {"term": term.pk, "meaning": "licence:不存在"})
    term.refresh_from_db()
    assert term.facet == ""
    officer.post(address(source, "terms/"), {"term": term.pk, "meaning": "licence:LicenseRef-Reserved"})
    officer.post(address(source, "held/"))
    assert Entry.objects.get().licence == "LicenseRef-Reserved"
    assert "版权所有" in officer.get(address(source, "terms/"), {"state": "done"}).content.decode()


def test_others_find_no_source(house: House) -> None:
    source = house.source(house.provider(record(oai(1), dc(""))))
    done(house.harvest(source))
    elsewhere = browser_of(a_person(Role.CITY_OFFICER, a_bureau("410200")).actor)
    teacher = browser_of(a_teacher(a_school()).actor)
    held = Held.objects.get()
    term = Term.objects.first()
    for behind in ("", "edit/", "held/", f"held/{held.pk}/", "terms/"):
        assert elsewhere.get(address(source, behind)).status_code == 404
        assert elsewhere.post(address(source, behind), {"do": "run", "term": term.pk if term else 0}).status_code == 404
        assert teacher.get(address(source, behind)).status_code == 403
        assert Client().get(address(source, behind)).status_code in {302, 401}
    assert "示例市平台" not in elsewhere.get(LIST).content.decode()
    other = house.source(house.provider(domain="b.example"))
    officer = browser_of(house.officer)
    assert officer.get(address(other, f"held/{held.pk}/")).status_code == 404


# -- what everybody sees ----------------------------------------------------------------------------------------------


def test_what_came_is_found_like_everything_else_and_leads_to_its_platform(house: House) -> None:
    said = dc("分数的初步认识", subject="数学", publisher="甲小学", identifier="https://a.example/17")
    done(house.harvest(house.source(house.provider(record(oai(1), said)))))
    public = Client()
    page = reverse("resources:detail", args=[uuid(1)])
    assert page in public.get("/resources/", {"q": "分数", "subject": "14"}).content.decode()
    shown = public.get(page)
    assert shown.status_code == 200
    text = shown.content.decode()
    for part in ("来自 示例市平台", 'href="https://a.example/17"', "《分数的初步认识》，李老师（甲小学）", "数学"):
        assert part in text
    assert "采集来路" not in text
    officer = browser_of(house.officer)
    offered = officer.get(page).content.decode()
    assert "采集来路" in offered
    assert "责令下架" not in offered, "only its own node takes it down"
    assert oai(1) in officer.get(f"{LIST}entries/{uuid(1)}/").content.decode()
    elsewhere = browser_of(a_person(Role.CITY_OFFICER, a_bureau("410200")).actor)
    assert oai(1) not in elsewhere.get(f"{LIST}entries/{uuid(1)}/").content.decode()


def test_an_address_that_is_no_page_is_no_link(house: House) -> None:
    source = house.source(house.provider(record(oai(1), dc("一", identifier="javascript:alert(1)"))))
    done(house.harvest(source))
    assert "javascript:" not in Client().get(reverse("resources:detail", args=[uuid(1)])).content.decode()
    assert Client().get(reverse("resources:detail", args=[uuid(2)])).status_code == 404


def test_what_its_platform_has_withdrawn_is_gone(house: House) -> None:
    provider = house.provider(record(oai(1), dc("一")))
    source = house.source(provider)
    done(house.harvest(source))
    provider.records = [record(oai(1), None)]
    done(house.harvest(source))
    assert Client().get(reverse("resources:detail", args=[uuid(1)])).status_code == 404


def test_an_officer_compares_and_reads_the_result(house: House) -> None:
    provider = house.provider(record(oai(1), dc("一")))
    source = house.source(provider)
    done(house.harvest(source))
    officer = browser_of(house.officer)
    assert "核对完整" not in officer.get(address(source)).content.decode(), "it proves nothing"
    Source.objects.update(proof_url=f"{provider.url}/proof")
    assert "核对完整" in officer.get(address(source)).content.decode()
    assert officer.post(address(source), {"do": "compare"}).status_code == 302
    Comparison.objects.create(source=source, at=NOON, told=60, wrong=1, mended=1, requests=4)
    assert "已修复 1 条" in (said := officer.get(address(source)).content.decode())
    assert "不一致" not in said
    Comparison.objects.create(source=source, at=NOON, trouble=Trouble.BAD_PROOF)
    said = officer.get(address(source)).content.decode()
    assert "来源平台的完整性证明读不懂" in said
    assert "没有核对成" in said
    assert "不一致" not in said, "nobody knows"
    stranger = browser_of(a_person(Role.CITY_OFFICER, a_bureau("410200")).actor)
    assert stranger.post(address(source), {"do": "compare"}).status_code == 404
