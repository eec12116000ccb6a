"""Lists as files: what the list shows under its filter, what the viewer may see, noted where it is about people."""

import csv
from io import StringIO
from pathlib import Path

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext

from heluo.kernel.actors.enums import Role
from heluo.kernel.audit.models import AuditRow
from heluo.kernel.clock.public import SchoolYear, local_day, now
from heluo.kernel.organisations.models import Klass, Organisation
from heluo.kernel.pages import exports
from heluo.kernel.pages.sheets import BYTE_ORDER_MARK, from_csv_cell
from heluo.kernel.people.public import NewTeaching, assign_teachings
from heluo.kernel.tables.public import open_workbook
from tests.register import CLERK, browser, bureau, bureaus, klass, person, school

pytestmark = pytest.mark.django_db
COUNTY_OF_ALL = "410305"


@pytest.fixture
def here(db: None) -> Organisation:
    bureaus()
    return school(name="=示例小学")


@pytest.fixture
def room(here: Organisation) -> Klass:
    return klass(here, entry_year=SchoolYear.on(local_day(now())).starts)


@pytest.fixture
def pupils(here: Organisation, room: Klass) -> list[str]:
    names = ["-伊水", "洛水", "澗水"]
    for name in names:
        person(Role.PUPIL, here, name, sits_in=room)
    return names


@pytest.fixture
def officer(here: Organisation) -> Client:
    return browser(person(Role.COUNTY_OFFICER, bureau(COUNTY_OF_ALL), "嵩云", username="o.songyun"))


def content(answer: HttpResponse) -> bytes:
    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"].startswith("attachment")
    return b"".join(answer.streaming_content)  # type: ignore[attr-defined]  # a file


def as_csv(page: Client, address: str) -> list[list[str]]:
    text = content(page.post(address, {"export": "csv"})).decode()
    assert text.startswith(BYTE_ORDER_MARK)
    return [[from_csv_cell(cell) for cell in row] for row in csv.reader(StringIO(text[1:], newline=""))]


def as_xlsx(page: Client, address: str, folder: Path) -> list[list[str]]:
    (folder / "list.xlsx").write_bytes(content(page.post(address, {"export": "xlsx"})))
    with open_workbook(folder / "list.xlsx") as book:
        [sheet] = book.sheets
        width = 0
        lines = []
        for _number, cells in book.rows(sheet):
            width = max(width, *cells) if cells else width
            lines.append([cells[column].text if column in cells else "" for column in range(width + 1)])
    return lines


def test_both_forms_hold_the_same(officer: Client, pupils: list[str], here: Organisation, tmp_path: Path) -> None:
    address = "/people/?role=pupil"
    rows = as_csv(officer, address)
    assert rows == as_xlsx(officer, address, tmp_path)
    assert {row[0] for row in rows[1:]} == set(pupils)
    assert {row[2] for row in rows[1:]} == {f"学生 {here.name}"}


def test_a_file_holds_what_the_filter_shows_on_all_its_pages(
    officer: Client, pupils: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("heluo.kernel.people.pages.showing.PAGE", 1)
    shown = officer.get("/people/?role=pupil&q=水")
    assert len(shown.context["page"].items) == 1
    cursor = shown.context["page"].next_cursor
    assert len(as_csv(officer, f"/people/?role=pupil&q=水&cursor={cursor}")) == 4
    assert [row[0] for row in as_csv(officer, "/people/?role=pupil&q=洛")[1:]] == ["洛水"]
    assert len(as_csv(officer, "/people/?role=teacher")) == 1


def test_nobody_takes_away_what_they_may_not_see(here: Organisation, pupils: list[str], room: Klass) -> None:
    teacher = person(Role.TEACHER, here, "嵩云知秋", username="t.zhiqiu")
    page = browser(teacher)
    assert page.post("/people/", {"export": "csv"}).status_code == 403
    assert page.post(f"/classes/{room.uuid}/", {"export": "csv"}).status_code == 404
    began = SchoolYear.on(local_day(now())).first_day
    task = NewTeaching(person=teacher, klass=room, subject="13", is_homeroom=True)
    assign_teachings(by=CLERK, teachings=[task], starts_on=began, now=now())
    assert {row[0] for row in as_csv(page, f"/classes/{room.uuid}/")[1:]} == set(pupils)
    staff = f"/organisations/{here.uuid}/people/"
    assert 'name="export"' not in page.get(staff).content.decode()
    assert page.post(staff, {"export": "csv"}).status_code == 403
    other = person(Role.SCHOOL_ADMIN, school("2141970002", "另一小学"), "洛川", username="a.luochuan")
    assert pupils[0] not in {row[0] for row in as_csv(browser(other), "/people/")}


def test_taking_people_away_is_noted_without_what_was_searched(officer: Client, pupils: list[str]) -> None:
    as_csv(officer, "/people/?q=洛&role=pupil")
    row = AuditRow.objects.get(deed="pages.list_exported")
    assert row.details == {"rows": 1, "format": "csv", "conditions": ["q", "role"]}
    assert row.path == bureau(COUNTY_OF_ALL).path


def test_organisations_are_open_to_whoever_sees_them(officer: Client, here: Organisation, tmp_path: Path) -> None:
    for address in (
        "/organisations/?q=示例",
        f"/organisations/{bureau(COUNTY_OF_ALL).uuid}/",
        "/organisations/regions/410305/",
    ):
        rows = as_csv(officer, address)
        assert rows == as_xlsx(officer, address, tmp_path)
        assert [here.name, "学校", "小学", here.code] in [row[:4] for row in rows]
    assert not AuditRow.objects.filter(deed="pages.list_exported").exists()


def test_a_past_day_is_exported_as_it_was(officer: Client, here: Organisation) -> None:
    rows = as_csv(officer, f"/organisations/{bureau(COUNTY_OF_ALL).uuid}/?on=2026-09-02")
    assert here.name in [row[0] for row in rows]
    assert here.name not in [
        row[0] for row in as_csv(officer, f"/organisations/{bureau(COUNTY_OF_ALL).uuid}/?on=2026-08-01")
    ]


def test_too_many_rows_are_refused_with_a_sentence(
    officer: Client, pupils: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exports, "MOST_ROWS", 2)
    answer = officer.post("/people/?role=pupil", {"export": "xlsx"}, follow=True)
    assert answer.redirect_chain == [("/people/?role=pupil", 302)]
    assert "一次最多导出 2 行" in answer.content.decode()


def test_an_unknown_form_shows_the_list(officer: Client) -> None:
    answer = officer.post("/people/", {"export": "exe"})
    assert "Content-Disposition" not in answer.headers
    assert answer.context["page"] is not None


def test_three_rows_cost_what_one_costs(officer: Client, pupils: list[str], here: Organisation) -> None:
    def cost(address: str) -> int:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            as_csv(officer, address)
        return len(queries)

    cost("/people/?q=洛")
    assert cost("/people/?q=洛") == cost("/people/?q=水")


def test_the_button_is_there_where_there_are_rows(officer: Client, pupils: list[str]) -> None:
    assert 'name="export"' in officer.get("/people/?role=pupil").content.decode()
    assert 'name="export"' not in officer.get("/people/?role=operator").content.decode()
