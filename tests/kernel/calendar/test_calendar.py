"""The working days of a year: entered, changed, refused, asked for by programs, and kept from strangers."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from heluo.kernel.actors.enums import Role
from heluo.kernel.actors.errors import NotAllowed, Refusal
from heluo.kernel.actors.public import Actor
from heluo.kernel.audit.models import AuditRow
from heluo.kernel.calendar.actions import change_day, enter_year
from heluo.kernel.calendar.enums import DayKind
from heluo.kernel.calendar.errors import (
    ChangedMeanwhile,
    DayChangesNothing,
    NameNeeded,
    SourceNeeded,
    TooManyHolidays,
    YearOutOfReach,
)
from heluo.kernel.calendar.queries import year_of
from heluo.kernel.calendar.tables import SpecialDay, WrongCell, read_year, text_of_file
from heluo.kernel.clock.models import CalendarDay
from heluo.kernel.clock.public import working_day_after
from tests.factories import NOON, Somebody, a_bureau, a_person, a_school
from tests.register import browser

pytestmark = pytest.mark.django_db
HOLIDAY, WORKED = DayKind.HOLIDAY, DayKind.WORKED
MONDAY, SATURDAY = date(2027, 3, 8), date(2027, 3, 13)
TABLE = "日期,类别,名称\r\n2027-03-08,放假,示例节\r\n2027/3/13,补班,示例节补班\r\n"
DAYS = (SpecialDay(MONDAY, HOLIDAY, "示例节"), SpecialDay(SATURDAY, WORKED, "示例节补班"))


@pytest.fixture
def keeper() -> Somebody:
    return a_person(Role.PROVINCE_ADMIN, a_bureau("410000"))


def change(by: Actor, **given: Any) -> SpecialDay | None:
    asked = {"day": MONDAY, "kind": HOLIDAY, "name": "示例节", "source": "示例通知", "now": NOON, **given}
    return change_day(by=by, **asked)


def enter(by: Actor, **given: Any) -> tuple[date, ...]:
    asked = {"year": 2027, "days": DAYS, "source": "示例通知", "seen": year_of(2027).fingerprint, "now": NOON, **given}
    return enter_year(by=by, **asked)


# -- keeping ----------------------------------------------------------------------------------------------------------


def test_a_day_is_changed_and_changed_back(keeper: Somebody) -> None:
    assert working_day_after(date(2027, 3, 5), 1) == MONDAY
    change(keeper.actor)
    assert working_day_after(date(2027, 3, 5), 1) == date(2027, 3, 9)
    change(keeper.actor, day=SATURDAY, kind=WORKED, name="示例节补班")
    assert working_day_after(date(2027, 3, 12), 1) == SATURDAY
    change(keeper.actor, kind=None, source="通知已撤回")
    assert working_day_after(date(2027, 3, 5), 1) == MONDAY
    rows = AuditRow.objects.filter(deed="calendar.day_changed").order_by("seq")
    assert [(row.by, row.at, row.details["reason"]) for row in rows] == [
        (keeper.person.uuid, NOON, reason) for reason in ("示例通知", "示例通知", "通知已撤回")
    ]
    assert rows[2].details["before"] == {"day_kind": "holiday", "name": "示例节"}


def test_a_year_becomes_what_its_table_says(keeper: Somebody) -> None:
    change(keeper.actor, day=date(2027, 5, 3), name="要去掉的")
    assert enter(keeper.actor) == (MONDAY, SATURDAY, date(2027, 5, 3))
    assert year_of(2027).specials == list(DAYS)
    assert not year_of(2028).is_entered
    row = AuditRow.objects.get(deed="calendar.year_entered")
    assert (row.differences_count, row.details["reason"]) == (3, "示例通知")


@pytest.mark.parametrize(
    ("given", "refusal"),
    [
        ({"source": "  "}, SourceNeeded),
        ({"name": " "}, NameNeeded),
        ({"kind": WORKED}, DayChangesNothing),
        ({"kind": None, "name": ""}, DayChangesNothing),
        ({"day": date(1999, 3, 8)}, YearOutOfReach),
    ],
)
def test_a_change_that_cannot_be_is_refused(keeper: Somebody, given: Any, refusal: type[Refusal]) -> None:
    with pytest.raises(refusal):
        change(keeper.actor, **given)
    assert not CalendarDay.objects.exists()


def test_a_year_has_only_so_many_holidays(keeper: Somebody) -> None:
    weekdays = [date(2027, month, day) for month in (3, 4) for day in range(1, 29)]
    days = [SpecialDay(day, HOLIDAY, "长假") for day in weekdays if day.weekday() < 5]
    with pytest.raises(TooManyHolidays):
        enter(keeper.actor, days=days[:31])
    enter(keeper.actor, days=days[:30])
    with pytest.raises(TooManyHolidays):
        change(keeper.actor, day=date(2027, 6, 1))


def test_an_import_does_not_undo_what_was_changed_meanwhile(keeper: Somebody) -> None:
    seen = year_of(2027).fingerprint
    change(keeper.actor, day=date(2027, 5, 3))
    with pytest.raises(ChangedMeanwhile):
        enter(keeper.actor, seen=seen)
    enter(keeper.actor)
    with pytest.raises(DayChangesNothing):
        enter(keeper.actor)


def test_nobody_else_keeps_it() -> None:
    school = a_school()
    for role, at in ((Role.SCHOOL_ADMIN, school), (Role.CITY_OFFICER, a_bureau("410300")), (Role.TEACHER, school)):
        actor = a_person(role, at).actor
        with pytest.raises(NotAllowed):
            change(actor)
        with pytest.raises(NotAllowed):
            enter(actor)


@pytest.mark.django_db(transaction=True)
def test_of_two_imports_at_once_one_is_refused(keeper: Somebody) -> None:
    seen = year_of(2027).fingerprint

    def run(days: tuple[SpecialDay, ...]) -> str:
        try:
            enter(keeper.actor, days=days, seen=seen)
        except ChangedMeanwhile:
            return "refused"
        finally:
            connection.close()
        return "entered"

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(run, (DAYS[:1], DAYS[1:]))) == ["entered", "refused"]
    assert len(year_of(2027).specials) == 1


# -- tables -----------------------------------------------------------------------------------------------------------


def test_a_table_is_read_as_spreadsheets_save_it() -> None:
    for content in (TABLE.encode("utf-8-sig"), TABLE.encode("gb18030"), TABLE.replace("\r\n", "\n").encode()):
        assert text_of_file(content) is not None
        assert read_year(text_of_file(content) or "", 2027) == read_year(TABLE, 2027)
    assert read_year(TABLE, 2027).days == DAYS


@pytest.mark.parametrize(
    ("line", "column", "words"),
    [
        ("2027-02-30,放假,节", "日期", "真有的一天"),
        ("2026-03-08,放假,节", "日期", "所选年份"),
        ("2027-03-09,放假,节\n2027-03-09,放假,节", "日期", "前面已经写过"),
        ("2027-03-09,调休,节", "类别", "放假"),
        ("2027-03-09,补班,节", "类别", "不用补班"),
        ("2027-03-09,放假,", "名称", "写明名称"),
        (f"2027-03-09,放假,{'长' * 41}", "名称", "最多 40"),
        ("", "日期", "没有一天"),
    ],
)
def test_every_wrong_cell_is_named(line: str, column: str, words: str) -> None:
    read = read_year(f"日期,类别,名称\n{line}\n", 2027)
    assert not read.days
    [problem] = read.problems
    assert (problem.column, words in str(problem.message)) == (column, True)


def test_all_wrong_cells_are_named_at_once() -> None:
    problems = read_year("日期,类别,名称\n明天,调休,\n2027-03-08,放假,示例节\n2027-3-8,放假,示例节\n", 2027).problems
    assert [(one.row, one.column) for one in problems] == [(2, "日期"), (2, "类别"), (2, "名称"), (4, "日期")]
    assert isinstance(read_year("", 2027).problems[0], WrongCell)
    assert read_year("日期,类别,名称\n" + "2027-03-08,放假,节\n" * 400, 2027).problems[0].row == 368


# -- pages ------------------------------------------------------------------------------------------------------------


def page(client: Client, url: str, status: int = 200) -> str:
    answer = client.get(url)
    assert answer.status_code == status, answer.status_code
    return answer.content.decode()


def test_the_year_is_seen_and_said_to_be_empty(keeper: Somebody) -> None:
    teacher = browser(a_person(Role.TEACHER, a_school()).person)
    assert "该年尚未录入，按周一至周五计算" in page(teacher, "/calendar/2027/")
    enter(keeper.actor)
    shown = page(teacher, "/calendar/2027/")
    assert "该年尚未录入" not in shown
    for words in ("示例节补班", "示例通知", "三月"):
        assert words in shown
    for words in ("修改记录", "录入一年", keeper.person.name):
        assert words not in shown
    assert "修改记录" in page(browser(keeper.person), "/calendar/2027/")
    page(teacher, "/calendar/1999/", 404)


def test_a_day_is_changed_on_its_page(keeper: Somebody) -> None:
    client = browser(keeper.person)
    given = {"day": "2027-03-08", "kind": "holiday", "name": "示例节", "source": "示例通知"}
    assert client.post("/calendar/day/", {**given, "kind": "worked"}).status_code == 422
    assert client.post("/calendar/day/", given).status_code == 302
    assert 'value="示例节"' in page(client, "/calendar/day/?on=2027-03-08")


def test_a_year_is_brought_checked_and_confirmed(keeper: Somebody) -> None:
    client, url = browser(keeper.person), "/calendar/2027/import/"

    def sent(text: str) -> Any:
        file = SimpleUploadedFile("年.csv", text.encode(), content_type="text/csv")
        return client.post(url, {"file": file, "source": "示例通知"})

    no_text = client.post(url, {"file": SimpleUploadedFile("年.csv", b"PK\0\0"), "source": "示例通知"})
    assert "这不是 CSV 文件" in no_text.content.decode()
    assert sent("日期,类别,名称\n" + "x" * 140_000).status_code == 422
    wrong = sent("日期,类别,名称\n2027-03-08,调休,示例节\n")
    assert wrong.status_code == 422
    assert "类别只能写" in wrong.content.decode()
    checked = sent(TABLE)
    assert "改动 2 天" in checked.content.decode()
    assert not CalendarDay.objects.exists(), "a preview changes nothing"
    confirm = {name: field.value() for name, field in ((one.name, one) for one in checked.context["confirm"])}
    assert client.post(url, confirm).status_code == 302
    assert year_of(2027).specials == list(DAYS)
    again = client.post(url, confirm, follow=True)
    assert "又有人改过" in again.content.decode()
    assert read_year(client.get("/calendar/2027/table/").content.decode("utf-8-sig"), 2027).days == DAYS
    english = client.get("/calendar/2027/table/", headers={"accept-language": "en"})
    assert read_year(english.content.decode("utf-8-sig"), 2027).days == DAYS


def test_strangers_change_nothing() -> None:
    client = browser(a_person(Role.SCHOOL_ADMIN, a_school()).person)
    for url in ("/calendar/day/", "/calendar/2027/import/"):
        assert client.get(url).status_code == 403
        assert client.post(url, {}).status_code == 403
    assert Client(headers={"host": "localhost"}).get("/calendar/").status_code == 302


def test_a_year_costs_the_same_however_many_days(
    keeper: Somebody, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    enter(keeper.actor)
    with django_assert_num_queries(1):
        year_of(2027).months()


# -- programs ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def put(keeper: Somebody) -> Callable[..., Any]:
    client = browser(keeper.person)
    return lambda where, **body: client.put(f"/api/v1{where}", body, content_type="application/json")


def test_programs_read_and_keep_it(keeper: Somebody, put: Callable[..., Any]) -> None:
    client = browser(keeper.person)
    empty = client.get("/api/v1/calendar/2027").json()
    assert (empty["is_entered"], empty["days"]) == (False, [])
    wrong = put("/calendar/2027", table="日期,类别,名称\n2027-03-08,调休,节", source="示例", seen="")
    assert (wrong.status_code, wrong.json()["code"]) == (422, "calendar_table_invalid")
    entered = put("/calendar/2027", table=TABLE, source="示例通知", seen=empty["fingerprint"])
    assert [day["kind"] for day in entered.json()["days"]] == ["holiday", "worked"]
    assert put("/calendar/2027", table=TABLE, source="示例通知", seen=empty["fingerprint"]).status_code == 409
    left = put("/calendar/days/2027-03-08", kind=None, source="已撤回").json()
    assert [day["day"] for day in left["days"]] == ["2027-03-13"]
    assert client.get("/api/v1/calendar/1999").status_code == 422


def test_programs_of_others_only_read_it() -> None:
    client = browser(a_person(Role.TEACHER, a_school()).person)
    assert client.get("/api/v1/calendar/2027").status_code == 200
    refused = client.put(
        "/api/v1/calendar/days/2027-03-08", {"kind": None, "source": "x"}, content_type="application/json"
    )
    assert refused.status_code == 403
    assert Client().get("/api/v1/calendar/2027").status_code == 401
