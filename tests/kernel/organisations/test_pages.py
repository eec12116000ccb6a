"""The two trees and the code tables in a browser and for programs, narrowed to what each may see."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from heluo.kernel.actors.enums import Role
from heluo.kernel.clock.public import local_day, now
from heluo.kernel.organisations.models import Organisation
from heluo.kernel.organisations.public import close_organisation, rename_organisation
from tests.register import (
    CITY,
    CLERK,
    COUNTY,
    NOON,
    OTHER_COUNTY,
    PROVINCE,
    TODAY,
    browser,
    bureau,
    bureaus,
    klass,
    person,
    school,
)


@pytest.fixture
def one(db: None) -> Organisation:
    bureaus()
    return school()


@pytest.fixture
def province(one: Organisation) -> Client:
    return browser(person(Role.PROVINCE_ADMIN, bureau(PROVINCE), username="t.province"))


@pytest.fixture
def county(one: Organisation) -> Client:
    return browser(person(Role.COUNTY_OFFICER, bureau(COUNTY), username="t.county"))


def text_of(client: Client, address: str, status: int = 200) -> str:
    response = client.get(address)
    assert response.status_code == status, address
    return response.content.decode()


def queries_of(deed: Callable[[], object]) -> int:
    with CaptureQueriesContext(
        connection,
    ) as caught:
        deed()
    return len(caught)


def page_of(organisation: Organisation, more: str = "") -> str:
    return f"/organisations/{organisation.uuid}/{more}"


def test_each_begins_where_they_may_look(province: Client, county: Client, one: Organisation) -> None:
    whole = text_of(province, "/organisations/")
    assert "郑州市教育局" in whole
    assert "兰考县教育局" in whole
    part = text_of(county, "/organisations/")
    assert one.name in part
    assert "郑州市教育局" not in part


@pytest.mark.parametrize("text", ["示例", "shilixiao", "slxx", "21419"])
def test_a_school_is_found_by_what_people_type(county: Client, text: str, one: Organisation) -> None:
    assert one.name in text_of(county, f"/organisations/?q={text}")


def test_a_search_that_finds_nothing_helps(county: Client) -> None:
    assert "拼音首字母" in text_of(county, "/organisations/?q=没有的学校")


def test_an_organisation_shows_its_facts_and_classes(county: Client, one: Organisation) -> None:
    klass(one)
    shown = text_of(county, page_of(one))
    for words in ("2141970001", "小学", "洛阳市涧西区", "三年级（1）班", "洛阳市教育局"):
        assert words in shown
    assert "primary" not in shown


def test_not_yours_and_not_there_look_the_same(county: Client) -> None:
    elsewhere = school("2141970009", "别处小学", OTHER_COUNTY)
    hidden = text_of(county, page_of(elsewhere), 404)
    missing = text_of(county, "/organisations/00000000-0000-5000-8000-000000000000/", 404)
    assert "别处小学" not in hidden
    assert hidden.count("<h1") == missing.count("<h1")


def test_nobody_signed_out_sees_the_register(client: Client, one: Organisation) -> None:
    for address in ("/organisations/", page_of(one), "/organisations/regions/"):
        assert client.get(address).status_code == 302


def test_the_region_tree_counts_jiyuan_once(province: Client) -> None:
    shown = text_of(province, "/organisations/regions/")
    assert "市级 18 个（含济源），县级 157 个" in shown
    city = text_of(province, "/organisations/regions/410300/")
    assert "涧西区" in city
    assert "待核" in city
    assert "以发布文本为准" in text_of(province, "/organisations/regions/410307/")
    assert text_of(province, "/organisations/regions/999999/", 404)


def test_a_county_of_the_province_lies_in_its_city_on_the_map(province: Client) -> None:
    assert "兰考县教育局" in text_of(province, "/organisations/regions/410200/")
    assert "兰考县教育局" not in text_of(province, page_of(bureau("410200")))


def test_history_tells_who_changed_what_and_why(county: Client, one: Organisation) -> None:
    rename_organisation(by=CLERK, organisation=one, name="新名小学", reason="合并更名", now=NOON)
    close_organisation(by=CLERK, organisation=one, reason="生源不足", on=TODAY, now=NOON)
    shown = text_of(county, page_of(one, "history/"))
    for words in ("更名", "由“示例小学”改为“新名小学”", "合并更名", "撤销", "生源不足", "测试员"):
        assert words in shown
    assert "已撤销" in text_of(county, page_of(one))


def test_lists_cost_the_same_with_one_and_with_three(province: Client, one: Organisation) -> None:
    province.get("/organisations/")
    addresses = (
        "/organisations/?q=示例",
        page_of(bureau(COUNTY)),
        "/organisations/regions/410305/",
        page_of(one, "history/"),
    )
    with_one = [queries_of(lambda address=address: province.get(address)) for address in addresses]  # type: ignore[misc]
    for number in (2, 3):
        school(f"214197000{number}", f"示例第{number}小学")
        rename_organisation(by=CLERK, organisation=one, name=f"示例{number}", reason="更名", now=NOON)
    with_three = [queries_of(lambda address=address: province.get(address)) for address in addresses]  # type: ignore[misc]
    assert with_one == with_three


def test_an_officer_opens_renames_moves_and_closes_a_school(county: Client, one: Organisation) -> None:
    home = bureau(COUNTY)
    assert page_of(home, "schools/new/") in text_of(county, page_of(home))
    wrong = {"name": "新办小学", "code": "3141970009", "school_type": "211", "region": COUNTY, "on": "2026-09-01"}
    answer = county.post(page_of(home, "schools/new/"), wrong)
    assert answer.status_code == 422
    assert "应以 21 开头" in answer.content.decode()
    county.post(page_of(home, "schools/new/"), wrong | {"code": "2141970009"})
    opened = Organisation.objects.get(code="2141970009")
    county.post(page_of(opened, "teaching-points/new/"), {"name": "东村教学点", "on": "2026-09-01"})
    point = Organisation.objects.get(parent=opened)
    county.post(page_of(point, "move/"), {"parent": str(one.uuid), "reason": "就近"})
    point.refresh_from_db()
    assert point.parent == one
    county.post(page_of(opened, "rename/"), {"name": "改名小学", "reason": "更名批复"})
    opened.refresh_from_db()
    assert opened.name == "改名小学"
    today = local_day(now())
    county.post(page_of(opened, "close/"), {"on": today.isoformat(), "reason": "合并", "step": "do"})
    opened.refresh_from_db()
    assert opened.closed_on == today
    assert page_of(opened, "rename/") not in text_of(county, page_of(opened))


def test_nobody_changes_their_own_bureau(county: Client) -> None:
    own = bureau(COUNTY)
    assert page_of(own, "rename/") not in text_of(county, page_of(own))
    assert county.post(page_of(own, "rename/"), {"name": "新名", "reason": "理由"}).status_code == 403
    own.refresh_from_db()
    assert own.name == "洛阳市涧西区教育局"


def test_the_forms_are_closed_to_others(client: Client, one: Organisation) -> None:
    admin = browser(person(Role.SCHOOL_ADMIN, one, username="t.admin"))
    for form in ("schools/new/", "teaching-points/new/", "rename/", "move/", "close/"):
        assert admin.get(page_of(one, form)).status_code == 403
        assert client.post(page_of(one, form)).status_code == 302


def test_code_tables_are_open_and_honest(client: Client, db: None) -> None:
    assert "民族" in text_of(client, "/codes/")
    table = text_of(client, "/codes/ethnic-group/1991/")
    assert "基诺族" in table
    assert "以发布文本为准" in table
    assert text_of(client, "/codes/ethnic-group/1066/", 404)


def test_programs_see_what_people_see(county: Client, one: Organisation) -> None:
    school("2141970009", "别处小学", OTHER_COUNTY)
    listed = county.get("/api/v1/organisations").json()
    assert {row["name"] for row in listed["items"]} == {one.name, bureau(COUNTY).name}
    found = county.get("/api/v1/organisations?q=slxx&size=1").json()
    assert [row["code"] for row in found["items"]] == ["2141970001"]
    detail = county.get(f"/api/v1/organisations/{one.uuid}").json()
    assert (detail["region_name"], detail["parent_id"]) == ("洛阳市涧西区", str(bureau(COUNTY).uuid))
    assert county.get(f"/api/v1/organisations/{bureau(CITY).uuid}").status_code == 404


def test_the_api_refuses_strangers_and_strange_cursors(client: Client, county: Client) -> None:
    assert client.get("/api/v1/organisations").status_code == 401
    assert county.get("/api/v1/organisations?cursor=x").status_code == 400
    assert county.get("/api/v1/organisations?size=1000").status_code == 422
