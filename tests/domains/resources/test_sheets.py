"""Many drafts from one table: what is read, what is refused, the files by their names, the submission of all."""

import zipfile
from datetime import date
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from heluo.domains.resources.actions import Description
from heluo.domains.resources.actions.sheets import attach_by_name, open_sheet, order_submission, submit_sheet
from heluo.domains.resources.enums import VersionState
from heluo.domains.resources.errors import NoRowNamesIt, NothingToSubmit
from heluo.domains.resources.models import DraftSheet, Resource, ResourceVersion
from heluo.domains.resources.queries.sheets import (
    EXAMPLE,
    FURTHEST_ROW,
    LAYOUT,
    own_sheet,
    read_sheet,
    rows_shown,
    template_file,
)
from heluo.kernel.actors.errors import NotAllowed, NotFound
from heluo.kernel.audit.models import AuditDifference, AuditRow
from heluo.kernel.clock.public import local_day
from heluo.kernel.pages.sheets import write_csv, write_xlsx
from heluo.kernel.tables.public import CellsWrong, NoTable, TableEmpty, TableTooLarge, Unreadable
from tests.domains.resources.conftest import House, browser_of
from tests.factories import NOON, a_file

pytestmark = pytest.mark.django_db
SHEETS = "/workbench/resources/sheets/"
HEADINGS = LAYOUT.headings


def a_sheet(*rows: tuple[str, ...], headings: tuple[str, ...] = tuple(HEADINGS.values())) -> bytes:
    file = BytesIO()
    write_csv(file, headings, rows)
    return file.getvalue()


def a_row(title: str, files: str, **changes: str) -> tuple[str, ...]:
    cells = dict(zip(HEADINGS, EXAMPLE, strict=True)) | {"title": title, "files": files} | changes
    return tuple(cells[part] for part in HEADINGS)


def opened(house: House, *rows: tuple[str, ...]) -> DraftSheet:
    return open_sheet(by=house.teacher, organisation=house.school, name="表.csv", content=a_sheet(*rows), now=NOON)


def test_each_row_becomes_a_draft_with_what_it_says(house: House) -> None:
    second = a_row("乙", "乙.png\n共用.png", licence="CC-BY-4.0", stage="primary")
    sheet = opened(house, a_row("甲", "甲.png；共用.png"), second)
    one, other = (shown.version for shown in rows_shown(sheet))
    assert (one.title, one.stage, one.grade, one.subject) == ("甲", "primary", "primary-3", "14")
    assert (one.resource_type, one.language, one.licence, one.has_third_party) == ("media", "zh-CN", "CC-BY-4.0", False)
    assert one.keywords == ["分数", "平均分"]
    assert (other.stage, other.licence) == ("primary", "CC-BY-4.0")
    assert [list(shown.row.names) for shown in rows_shown(sheet)] == [["甲.png", "共用.png"], ["乙.png", "共用.png"]]


def test_what_is_left_out_may_be_filled_in_later(house: House) -> None:
    [shown] = rows_shown(opened(house, a_row("甲", "", **dict.fromkeys([*HEADINGS][1:12], ""))))
    assert "适用学段" not in shown.awaited
    assert len(shown.lacking) > 5
    assert not shown.is_ready


@pytest.mark.parametrize(
    ("changes", "column", "words"),
    [
        ({"title": ""}, "标题", "必填"),
        ({"title": "长" * 101}, "标题", "最多 100 个字"),
        ({"stage": "托儿所"}, "学段", "可填：学前、小学"),
        ({"grade": "七年级"}, "年级", "可填：一年级"),
        ({"stage": "", "grade": "三年级"}, "年级", "和学段一起填"),
        ({"subject": "魔法"}, "学科", "不在可填的范围内"),
        ({"resource_type": "电影"}, "资源类型", "不在可填的范围内"),
        ({"licence": "随便用"}, "许可", "不在可填的范围内"),
        ({"has_third_party": "也许"}, "是否含他人作品", "填“是”或“否”"),
        ({"keywords": "、".join(f"词{number}" for number in range(11))}, "关键词", "最多 10 个"),
        ({"keywords": "长" * 21}, "关键词", "最多 20 个字"),
        ({"valid_until": "明年"}, "有效期至", "请写成 2027-08-31"),
        ({"valid_until": "2027-02-30"}, "有效期至", "请写成 2027-08-31"),
        ({"valid_until": "2020-08-31"}, "有效期至", "已经过去"),
        ({"files": "文件夹/甲.png"}, "文件", "只写文件名"),
        ({"files": "；".join(f"{number}.png" for number in range(21))}, "文件", "最多 20 个"),
    ],
)
def test_a_wrong_cell_is_named_and_nothing_is_made(
    house: House, changes: dict[str, str], column: str, words: str
) -> None:
    wrong = a_row("乙", "乙.png", **{key: value for key, value in changes.items() if key not in {"title", "files"}})
    cells = dict(zip(HEADINGS, wrong, strict=True)) | changes
    with pytest.raises(CellsWrong) as refused:
        opened(house, a_row("甲", "甲.png"), tuple(cells[part] for part in HEADINGS))
    [finding] = refused.value.findings
    assert (finding.row, finding.column, words in finding.message) == (3, column, True)
    assert not ResourceVersion.objects.exists()


@pytest.mark.parametrize("written", ["2030-08-31", "2030/8/31", "2030年8月31日", "２０３０.８.３１"])
def test_a_day_may_be_written_as_people_do(house: House, written: str) -> None:
    [shown] = rows_shown(opened(house, a_row("甲", "甲.png", valid_until=written)))
    assert shown.version.valid_until == date(2030, 8, 31)


def test_all_wrong_cells_are_told_at_once(house: House) -> None:
    with pytest.raises(CellsWrong) as refused:
        opened(house, a_row("", "甲.png", subject="魔法"), a_row("乙", "a/b", licence="?"))
    assert [(one.row, one.column) for one in refused.value.findings] == [
        *((2, "标题"), (2, "学科")),
        *((3, "许可"), (3, "文件")),
    ]


def test_headings_are_looked_at_first(house: House) -> None:
    content = a_sheet(("甲", "x", "y"), headings=("标题", "备注", "标题"))
    with pytest.raises(CellsWrong) as refused:
        read_sheet(content, name="表.csv", on=local_day(NOON))
    assert [(one.row, one.column) for one in refused.value.findings] == [(1, "备注"), (1, "标题"), (1, "文件")]
    assert house.school


def a_workbook(*rows: tuple[object, ...]) -> bytes:
    file = BytesIO()
    write_xlsx(file, "资源", tuple(HEADINGS.values()), rows)
    return file.getvalue()


def test_a_workbook_makes_the_same_drafts(house: House) -> None:
    rows = a_row("甲", "甲.png；共用.png"), a_row("乙", "乙.png")
    book = open_sheet(by=house.teacher, organisation=house.school, name="表.xlsx", content=a_workbook(*rows), now=NOON)
    for one, other in zip(rows_shown(book), rows_shown(opened(house, *rows)), strict=True):
        assert (one.row.number, one.row.names) == (other.row.number, other.row.names)
        assert Description.of(one.version) == Description.of(other.version)


def test_a_wrong_cell_of_a_workbook_is_named_by_its_letter(house: House) -> None:
    content = a_workbook(a_row("甲", "甲.png"), a_row("乙", "乙.png", stage="小小学"))
    with pytest.raises(CellsWrong) as refused:
        open_sheet(by=house.teacher, organisation=house.school, name="表.xlsx", content=content, now=NOON)
    assert [(one.cell, one.column) for one in refused.value.findings] == [("C3", "学段")]


def test_a_grade_of_another_spelling_is_the_same_grade(house: House) -> None:
    [shown] = rows_shown(opened(house, a_row("甲", "", grade="3年级")))
    assert shown.version.grade == "primary-3"


def test_a_sheet_leaves_one_audit_row_with_a_line_for_each_draft(house: House) -> None:
    sheet = opened(house, a_row("甲", ""), a_row("乙", ""))
    row = AuditRow.objects.get(deed__startswith="resources.")
    assert (row.deed, row.subject_id, row.path) == ("resources.sheet_opened", str(sheet.uuid), house.school.path)
    assert (row.by, row.differences_count) == (house.teacher.person_id, 2)
    told = AuditDifference.objects.filter(row=row).order_by("position").values_list("subject_id", "after")
    assert list(told) == [
        (str(shown.version.resource.uuid), {"version": 1, "name": shown.version.title}) for shown in rows_shown(sheet)
    ]


def test_three_rows_and_thirty_take_the_same_statements(house: House) -> None:
    def statements(count: int) -> int:
        rows = [a_row(f"第{number}课", f"{number}.png") for number in range(count)]
        with CaptureQueriesContext(connection) as captured:
            opened(house, *rows)
        return len(captured)

    statements(1)
    assert statements(3) == statements(30)
    assert Resource.objects.filter(author__uuid=house.teacher.person_id).count() == 34


def test_rows_far_down_are_refused(house: House) -> None:
    content = a_sheet(*[()] * FURTHEST_ROW, a_row("甲", ""))
    with pytest.raises(TableTooLarge):
        open_sheet(by=house.teacher, organisation=house.school, name="表.csv", content=content, now=NOON)


@pytest.mark.parametrize(
    ("content", "refusal"),
    [
        (b"\xff\xfe\x00\x81", NoTable),
        (a_sheet(), TableEmpty),
        (b"", TableEmpty),
        (b"x" * (LAYOUT.most_bytes + 1), TableTooLarge),
        (a_sheet(*(a_row(f"第{number}课", "a.png") for number in range(201))), TableTooLarge),
    ],
)
def test_what_is_no_table_is_refused(house: House, content: bytes, refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        open_sheet(by=house.teacher, organisation=house.school, name="表.csv", content=content, now=NOON)


@given(content=st.binary(max_size=400))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], max_examples=60)
def test_whatever_comes_is_read_or_refused(db: None, content: bytes) -> None:
    for text in (content, ",".join(HEADINGS.values()).encode() + b"\n" + content):
        try:
            read_sheet(text, name="表.csv", on=local_day(NOON))
        except (Unreadable, CellsWrong):
            continue


def test_files_go_where_their_names_stand_whatever_their_capitals(house: House) -> None:
    sheet = opened(house, a_row("甲", "甲.PNG；共用.png"), a_row("乙", "共用.png"))
    assert len(attach_by_name(by=house.teacher, sheet=sheet, file=a_file(house.teacher, name="甲.png"), now=NOON)) == 1
    shared = a_file(house.teacher, name="共用.png")
    assert len(attach_by_name(by=house.teacher, sheet=sheet, file=shared, now=NOON)) == 2
    assert [shown.awaited for shown in rows_shown(sheet)] == [[], []]
    with pytest.raises(NoRowNamesIt, match="共用"):
        attach_by_name(by=house.teacher, sheet=sheet, file=shared, now=NOON)
    with pytest.raises(NoRowNamesIt, match="别的"):
        attach_by_name(by=house.teacher, sheet=sheet, file=a_file(house.teacher, name="别的.png"), now=NOON)


def test_what_is_ready_is_submitted_and_the_rest_says_why(house: House) -> None:
    sheet = opened(house, a_row("甲", "甲.png"), a_row("乙", "乙.png"), a_row("丙", "丙.png", licence=""))
    with pytest.raises(NothingToSubmit):
        order_submission(by=house.teacher, sheet=sheet)
    attach_by_name(by=house.teacher, sheet=sheet, file=a_file(house.teacher, name="甲.png"), now=NOON)
    attach_by_name(by=house.teacher, sheet=sheet, file=a_file(house.teacher, name="乙.png", checked=False), now=NOON)
    attach_by_name(by=house.teacher, sheet=sheet, file=a_file(house.teacher, name="丙.png"), now=NOON)
    assert order_submission(by=house.teacher, sheet=sheet) == 2
    assert submit_sheet(sheet=sheet, now=NOON) == 1
    assert submit_sheet(sheet=sheet, now=NOON) == 0
    one, other, third = rows_shown(sheet)
    assert one.version.state == VersionState.SUBMITTED
    assert (other.version.state, "乙.png" in other.row.problem) == (VersionState.DRAFT, True)
    assert (third.row.problem, third.lacking) == ("", ["许可"])


def test_a_sheet_is_its_authors_alone(house: House) -> None:
    sheet = opened(house, a_row("甲", "甲.png"))
    for attempt in (
        lambda: own_sheet(house.stranger, sheet.uuid),
        lambda: attach_by_name(by=house.stranger, sheet=sheet, file=a_file(house.stranger, name="甲.png"), now=NOON),
        lambda: order_submission(by=house.stranger, sheet=sheet),
    ):
        with pytest.raises(NotFound):
            attempt()
    with pytest.raises(NotAllowed):
        open_sheet(
            by=house.stranger, organisation=house.school, name="表.csv", content=a_sheet(a_row("甲", "")), now=NOON
        )
    assert browser_of(house.stranger).get(f"{SHEETS}{sheet.uuid}/").status_code == 404


def test_in_the_browser_from_the_template_to_the_submission(house: House) -> None:
    browser = browser_of(house.teacher)
    for form in ("xlsx", "csv"):
        answer = browser.get(f"{SHEETS}template/", {"form": form})
        assert answer["Content-Disposition"].endswith(form)
        assert read_sheet(answer.content, name=form, on=local_day(NOON))[0].description["title"] == EXAMPLE[0]
    with zipfile.ZipFile(BytesIO(template_file("xlsx", on=local_day(NOON)))) as book:
        assert "学前,小学,初中" in book.read("xl/worksheets/sheet1.xml").decode(), "words can be chosen from a list"
    template = template_file("csv", on=local_day(NOON)).replace(b".mp4", b".png").replace(b".pdf", b".png")
    place = str(house.school.uuid)
    wrong = template.replace("小学".encode(), "小小学".encode())
    refused = browser.post(SHEETS, {"place": place, "file": SimpleUploadedFile("表.csv", wrong)})
    page = refused.content.decode()
    assert (refused.status_code, "小小学" in page, "不在可填的范围内" in page) == (422, True, True)
    made = browser.post(SHEETS, {"place": place, "file": SimpleUploadedFile("表.csv", template)})
    sheet = DraftSheet.objects.get()
    assert made.url == f"{SHEETS}{sheet.uuid}/"
    assert "还差 2 个文件" in browser.get(made.url).content.decode()
    sent = browser.post(made.url, {"file": str(a_file(house.teacher, name="分数学习单.png").uuid)})
    assert sent.status_code == 302
    assert "还差 1 个文件" in browser.get(made.url).content.decode()
    unknown = browser.post(
        made.url, {"file": str(a_file(house.teacher, name="别的.png").uuid)}, headers={"HX-Request": "true"}
    )
    assert "没有哪一行写着" in unknown.content.decode()
    assert "没有可以提交的草稿" in browser.post(made.url, {"submit": "1"}, follow=True).content.decode()
    browser.post(made.url, {"file": str(a_file(house.teacher, name="分数.png").uuid)})
    assert "正在提交 1 个草稿" in browser.post(made.url, {"submit": "1"}, follow=True).content.decode()
    assert made.url in browser.get(SHEETS).content.decode()


def test_the_page_costs_the_same_for_one_and_for_three(house: House) -> None:
    def statements(sheet: DraftSheet) -> int:
        address = f"{SHEETS}{sheet.uuid}/"
        browser = browser_of(house.teacher)
        browser.get(address)
        with CaptureQueriesContext(connection) as captured:
            assert browser.get(address).status_code == 200
        return len(captured)

    rows = [a_row(title, f"{title}.png") for title in ("甲", "乙", "丙")]
    one, three = opened(house, rows[0]), opened(house, *rows)
    for sheet in (one, three):
        for shown in rows_shown(sheet):
            attach_by_name(by=house.teacher, sheet=sheet, file=a_file(house.teacher, name=shown.awaited[0]), now=NOON)
    assert statements(one) == statements(three)
