"""The pages that change organisations: what will happen is said first, and days in the past are shown as such."""

from datetime import timedelta

import pytest
from django.test import Client

from heluo.kernel.actors.enums import Role
from heluo.kernel.clock.public import SchoolYear, local_day, now
from heluo.kernel.organisations.enums import OrganisationKind, Stage
from heluo.kernel.organisations.models import Klass, Organisation, TermPlan
from heluo.kernel.organisations.public import (
    NewClass,
    close_organisation,
    move_organisation,
    open_classes,
    rename_organisation,
)
from tests.kernel.organisations.test_change_rules import credit_code
from tests.kernel.organisations.test_pages import page_of, queries_of, text_of
from tests.register import CITY, CLERK, COUNTY, PROVINCE, TODAY, browser, bureau, bureaus, person, school

PAST = f"?on={TODAY.isoformat()}"
"""The tests' clock stands on this day; pages use the real one, which is later."""


@pytest.fixture
def one(db: None) -> Organisation:
    bureaus()
    return school()


@pytest.fixture
def county(one: Organisation) -> Client:
    return browser(person(Role.COUNTY_OFFICER, bureau(COUNTY), username="t.county"))


@pytest.fixture
def admin(one: Organisation) -> Client:
    return browser(person(Role.SCHOOL_ADMIN, one, username="t.admin"))


def today() -> str:
    return local_day(now()).isoformat()


def test_a_past_day_shows_names_and_superiors_of_that_day(county: Client, one: Organisation) -> None:
    rename_organisation(by=CLERK, organisation=one, name="示例改名小学", reason="批复", now=now())
    present, past = text_of(county, page_of(one)), text_of(county, page_of(one, PAST))
    assert "<h1>示例改名小学</h1>" in present
    assert "<h1>示例小学</h1>" in past
    assert f"这里显示的是 {TODAY.isoformat()} 的情况" in past
    assert page_of(one, "rename/") not in past
    assert "这一天没有它的记录" in text_of(county, page_of(one, "?on=2001-01-01"))
    assert "示例改名小学" not in text_of(county, f"/organisations/{PAST}")
    assert "示例小学" in text_of(county, f"/organisations/{PAST}&q=示例")
    assert "示例小学" in text_of(county, f"/organisations/regions/{COUNTY}/{PAST}")
    assert "孟津" in text_of(county, "/organisations/regions/410300/?on=2020-06-01")


@pytest.mark.parametrize("asked", ["?on=never", "?on=2999-01-01", "?on="])
def test_what_is_no_past_day_shows_the_present(county: Client, one: Organisation, asked: str) -> None:
    assert "这里显示的是" not in text_of(county, page_of(one, asked))


def test_a_city_is_told_how_many_went_elsewhere(one: Organisation) -> None:
    move_organisation(by=CLERK, organisation=bureau(COUNTY), parent=bureau(PROVINCE), reason="省直管", now=now())
    city = browser(person(Role.CITY_OFFICER, bureau(CITY), username="t.city"))
    assert "另有 1 个单位当日在此" in text_of(city, page_of(bureau(CITY), PAST))


def test_a_past_page_costs_the_same_for_one_and_for_three(county: Client, one: Organisation) -> None:
    address = page_of(bureau(COUNTY), PAST)
    county.get(address)
    few = queries_of(lambda: county.get(address))
    school("2141970002", "乙小学")
    school("2141970003", "丙小学")
    assert queries_of(lambda: county.get(address)) == few


def test_closing_says_what_hangs_on_it_and_asks_again(county: Client, one: Organisation) -> None:
    year = SchoolYear.on(local_day(now()))
    open_classes(by=CLERK, school=one, classes=[NewClass(Stage.PRIMARY, year.starts, 1)], now=now())
    person(Role.TEACHER, one)
    wanted = {"on": today(), "reason": "生源减少"}
    asked = county.post(page_of(one, "close/"), wanted | {"step": "ask"}).content.decode()
    assert "1 个班级随之撤销" in asked
    assert "涉及教职工 1 人、学生 0 人" in asked
    assert "标识码 2141970001 作废" in asked
    again = county.post(page_of(one, "close/"), wanted | {"step": "edit"}).content.decode()
    assert "生源减少" in again
    one.refresh_from_db()
    assert one.closed_on is None
    county.post(page_of(one, "close/"), wanted | {"step": "do"})
    one.refresh_from_db()
    assert one.closed_on is not None


def test_a_closed_school_is_brought_back_by_its_page(county: Client, one: Organisation) -> None:
    close_organisation(by=CLERK, organisation=one, reason="撤并", on=TODAY, now=now())
    assert page_of(one, "reopen/") in text_of(county, page_of(one))
    wanted = {"on": today(), "reason": "恢复挂牌"}
    assert "启用原标识码 2141970001" in county.post(page_of(one, "reopen/"), wanted).content.decode()
    county.post(page_of(one, "reopen/"), wanted | {"step": "do"})
    one.refresh_from_db()
    assert one.closed_on is None


def test_schools_are_merged_by_name_or_code(county: Client, one: Organisation) -> None:
    school("2141970002", "示例西小学")
    wanted = {
        "merged": "2141970002",
        "name": "示例联合小学",
        "school_type": "211",
        "code": "",
        "on": today(),
        "reason": "合并",
    }
    unknown = county.post(page_of(one, "merge/"), wanted | {"merged": "没有的学校"})
    assert unknown.status_code == 422
    assert "没有叫“没有的学校”的单位" in unknown.content.decode()
    asked = county.post(page_of(one, "merge/"), wanted).content.decode()
    assert "“示例西小学”撤销，标识码 2141970002 作废" in asked
    county.post(page_of(one, "merge/"), wanted | {"step": "do"})
    one.refresh_from_db()
    assert one.name == "示例联合小学"
    assert Organisation.objects.get(code="2141970002").closed_on is not None
    assert "接收并入的学校" in text_of(county, page_of(one, "history/"))


def test_a_school_is_split_and_recoded_by_its_pages(county: Client, one: Organisation) -> None:
    year = SchoolYear.on(local_day(now()))
    [room] = open_classes(by=CLERK, school=one, classes=[NewClass(Stage.PRIMARY, year.starts, 1)], now=now())
    wanted = {
        "name": "示例北小学",
        "school_type": "211",
        "code": "2141970005",
        "classes": [str(room.uuid)],
        "on": today(),
        "reason": "分设",
    }
    assert "1 个班级连同学生划给新校" in county.post(page_of(one, "split/"), wanted).content.decode()
    county.post(page_of(one, "split/"), wanted | {"step": "do"})
    room.refresh_from_db()
    assert room.school.code == "2141970005"
    change = {"school_type": "311", "code": "3141970006", "on": today(), "reason": "改办初中"}
    assert "原标识码 2141970001 作废" in county.post(page_of(one, "recode/"), change).content.decode()
    county.post(page_of(one, "recode/"), change | {"step": "do"})
    one.refresh_from_db()
    assert (one.school_type, one.code) == ("311", "3141970006")


def test_classes_of_several_grades_open_at_once(admin: Client, one: Organisation) -> None:
    year = SchoolYear.on(local_day(now())).starts
    page = page_of(one, "classes/new/")
    assert admin.post(page, {f"primary-{year}": "0"}).status_code == 422
    admin.post(page, {f"primary-{year}": "2", f"primary-{year - 1}": "1"})
    admin.post(page, {f"primary-{year}": "1"})
    assert sorted(Klass.objects.values_list("entry_year", "number")) == [(year - 1, 1), (year, 1), (year, 2), (year, 3)]


def test_terms_are_planned_for_all_below(county: Client, one: Organisation) -> None:
    year = SchoolYear.on(local_day(now())).starts
    wanted = {"term": f"{year}-{year + 1}-1", "starts_on": f"{year}-09-01", "ends_on": f"{year + 1}-01-20"}
    assert county.post(page_of(bureau(COUNTY), "term/"), wanted | {"ends_on": f"{year}-08-01"}).status_code == 422
    county.post(page_of(bureau(COUNTY), "term/"), wanted)
    assert TermPlan.objects.get().organisation == bureau(COUNTY)
    assert f"{year}-09-01 至 {year + 1}-01-20" in text_of(county, page_of(one, f"?on={year}-10-01"))


def test_a_school_keeps_its_own_facts_by_its_page(admin: Client, one: Organisation) -> None:
    wrong = admin.post(page_of(one, "facts/"), {"postcode": "4710"})
    assert "邮政编码是 6 位数字" in wrong.content.decode()
    admin.post(page_of(one, "facts/"), {"address": "示例路 8 号", "postcode": "471000", "settlement": "111"})
    shown = text_of(admin, page_of(one))
    assert "示例路 8 号" in shown
    assert "主城区" in shown
    assert "地址、邮政编码、城乡类型" in text_of(admin, page_of(one, "history/"))


def test_firms_are_registered_by_a_page(county: Client, one: Organisation) -> None:
    wanted = {
        "kind": "enterprise",
        "name": "示例装备公司",
        "credit_code": credit_code(7),
        "region": COUNTY,
        "on": TODAY.isoformat(),
    }
    county.post(page_of(bureau(COUNTY), "institutions/new/"), wanted)
    firm = Organisation.objects.get(kind=OrganisationKind.ENTERPRISE)
    assert firm.credit_code in text_of(county, page_of(firm))
    assert page_of(firm, "classes/new/") not in text_of(county, page_of(firm))


def test_the_deeds_of_the_bureau_are_closed_to_the_school(admin: Client, one: Organisation) -> None:
    for form in ("recode/", "merge/", "split/", "close/", "reopen/"):
        assert admin.get(page_of(one, form)).status_code == 403


def test_a_county_does_not_reach_its_own_end(county: Client) -> None:
    own = bureau(COUNTY)
    for form in ("close/", "reopen/"):
        assert county.get(page_of(own, form)).status_code == 403


def test_code_tables_say_from_when_they_hold(county: Client) -> None:
    assert "起止日期待核" in text_of(county, "/codes/")
    assert "学校办别（中职）" in text_of(county, f"/codes/?on={(TODAY - timedelta(days=1)).isoformat()}")


def test_a_list_is_narrowed_to_kinds(county: Client, one: Organisation) -> None:
    school("1141970009", "示例幼儿园", school_type="111")
    for address in ("/organisations/?kind=11", f"/organisations/regions/{COUNTY}/?kind=11"):
        assert one.name not in text_of(county, address)
        assert "示例幼儿园" in text_of(county, address)
    both = text_of(county, "/organisations/?q=示例&kind=11&kind=21")
    assert one.name in both
    past = text_of(county, f"/organisations/?kind=21&on={TODAY.isoformat()}")
    assert one.name in past
    assert "示例幼儿园" not in past
    assert one.name not in text_of(county, "/organisations/?kind=bureau")


def test_programs_ask_as_of_a_day_too(county: Client, one: Organisation) -> None:
    rename_organisation(by=CLERK, organisation=one, name="示例改名小学", reason="批复", now=now())
    listed = county.get(f"/api/v1/organisations?on={TODAY.isoformat()}").json()
    assert one.name in {row["name"] for row in listed["items"]}
    found = county.get(f"/api/v1/organisations?q=示例小学&on={TODAY.isoformat()}").json()["items"]
    assert [(row["name"], row["valid_to"]) for row in found] == [("示例小学", today())]
    address = f"/api/v1/organisations/{one.uuid}"
    assert county.get(address).json()["name"] == "示例改名小学"
    assert county.get(f"{address}?on={TODAY.isoformat()}").json()["valid_from"] == "2026-09-01"
    assert county.get(f"{address}?on=2001-01-01").status_code == 404
