"""A clerk brings two thousand pupils from Excel, mends thirty wrong cells and hands out activation codes."""

import re
import secrets
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pypdfium2
import pytest
import xlsxwriter
from playwright.sync_api import Download, expect

from heluo.kernel.clock.public import SchoolYear, local_day, now
from heluo.kernel.codes.public import resident_check
from heluo.kernel.tables.public import open_workbook
from tests.journeys.browser import DESK, PHONE, Visitor
from tests.journeys.conftest import RunningPlatform, Visit
from tests.journeys.test_first_officer import PASSWORD, activate, enrol, told

SCHOOL = "2141990005"
PUPILS, PER_CLASS, PER_GRADE = 2000, 42, 334
GRADES = ("一年级", "二年级", "三年级", "四年级", "五年级", "六年级")
HEADINGS = ("姓名", "性别", "出生日期", "身份证号", "学籍号", "年级", "班号")
DIGITS = "甲乙丙丁戊己庚辛壬癸"
LONGEST_WORK = 150_000
"""Milliseconds that reading or importing two thousand rows may take on a machine with much else to do."""


def pupil(serial: int, year: int) -> list[str]:
    """A pupil who cannot exist: a surname nobody bears, a number nobody is given."""
    grade, place = divmod(serial, PER_GRADE)
    born = date(year - 6 - grade, 11, 11)
    first = f"999999{born:%Y%m%d}{place:03}"
    number = first + resident_check(first)
    name = "河洛" + "".join(DIGITS[int(digit)] for digit in f"{serial:04}")
    sex = "男" if place % 2 else "女"
    return [name, sex, born.isoformat(), number, f"G{number}", GRADES[grade], str(place // PER_CLASS + 1)]


@dataclass(frozen=True)
class Slip:
    """How a row is spoilt: the cell, what is written there, and how the page tells what is wrong."""

    heading: str
    value: str
    reason: str


SLIPS = (
    Slip("姓名", "", "必填，这里是空的"),
    Slip("姓名", "河洛1号", "姓名里有不该出现的字符"),
    Slip("性别", "先生", "不在可填的范围内"),
    Slip("出生日期", "2019年2月30日", "不是能识别的日期"),
    Slip("出生日期", "秋天", "不是能识别的日期"),
    Slip("出生日期", "2091-01-01", "日期不合理"),
    Slip("出生日期", "2015-05-05", "里的出生日期不一致"),
    Slip("身份证号", "99999920190101", "应为 18 位"),
    Slip("身份证号", "99999920191111O123", "含有不该出现的字符"),
    Slip("身份证号", "999999209111110017", "号码里的出生日期不存在"),
    Slip("学籍号", "Q999999201911110017", "应以 G、J 或 L 开头"),
    Slip("年级", "十年级", "不在可填的范围内"),
    Slip("年级", "七年级", "这所学校不设这个年级"),
    Slip("班号", "零", "应为 1 到 99 的整数"),
    Slip("班号", "77", "既不在“班级”表里"),
)
"""Each is made twice: thirty wrong cells."""


def spoilt(rows: list[list[str]]) -> dict[int, Slip]:
    """Spoil thirty rows, far from one another; place → how."""
    places = {60 * number + 7: slip for number, slip in enumerate((*SLIPS, *SLIPS))}
    for place, slip in places.items():
        rows[place][HEADINGS.index(slip.heading)] = slip.value
        if slip.heading in {"身份证号", "学籍号"}:
            # The other number would be right: a clerk who slips in one usually left the other out.
            rows[place][HEADINGS.index("学籍号" if slip.heading == "身份证号" else "身份证号")] = ""
    return places


def workbook(path: Path, rows: list[list[str]], year: int) -> Path:
    """The template filled in."""
    with xlsxwriter.Workbook(str(path), {"strings_to_numbers": False}) as book:
        classes = book.add_worksheet("班级")
        wanted = sorted({(row[5], row[6]) for row in (pupil(serial, year) for serial in range(PUPILS))})
        for number, line in enumerate([("年级 *", "班号 *"), *wanted]):
            classes.write_row(number, 0, line)
        sheet = book.add_worksheet("学生")
        for number, row in enumerate([list(HEADINGS), *rows]):
            sheet.write_row(number, 0, row)
    return path


def mended(returned: Path, path: Path, year: int) -> tuple[Path, int]:
    """The returned file with every marked row put right, as a clerk would; and how many rows were marked."""
    marked = 0
    rows = []
    with open_workbook(returned) as book:
        sheet = next(sheet for sheet in book.sheets if sheet.name == "学生")
        for number, cells in book.rows(sheet):
            if number == 1:
                problems = next(place for place, cell in cells.items() if cell.text == "问题")
                continue
            is_marked = problems in cells
            marked += is_marked
            right = pupil(number - 2, year)
            rows.append(right if is_marked else [cells[place].text for place in range(len(HEADINGS))])
    return workbook(path, rows, year), marked


@pytest.fixture
def clerk(visit: Visit, platform: RunningPlatform) -> Visitor:
    """A school's administrator, appointed on the machine and come in with a second factor."""
    username = f"clerk.{secrets.token_hex(3)}"
    wish = ("--name", "伊阙望舒", "--username", username, "--role", "school_admin", "--organisation", SCHOOL)
    beginning = told(platform, "create", *wish)
    clerk = visit()
    clerk.passwords[username] = PASSWORD
    activate(clerk, beginning)
    clerk.sign_in(username, wait_for="**/accounts/2fa/")
    enrol(clerk)
    return clerk


def brought(clerk: Visitor, file: Path) -> None:
    clerk.open("/workbench/rosters/new/")
    clerk.page.get_by_label("名册文件").set_input_files(file)
    clerk.press("上传并核对")
    expect(clerk.page.get_by_role("heading", name="确认导入")).to_be_visible(timeout=LONGEST_WORK)


def saved(download: Download, path: Path) -> Path:
    download.save_as(path)
    return path


def seen(clerk: Visitor, where: str) -> None:
    """A page fits a phone too."""
    clerk.page.set_viewport_size(PHONE)
    assert not clerk.is_wider_than_the_screen(), where
    clerk.page.set_viewport_size(DESK)


def test_two_thousand_pupils_with_thirty_slips(clerk: Visitor, tmp_path: Path) -> None:
    year = SchoolYear.on(local_day(now())).starts
    rows = [pupil(serial, year) for serial in range(PUPILS)]
    slips = spoilt(rows)

    brought(clerk, workbook(tmp_path / "名册.xlsx", rows, year))
    expect(clerk.main).to_contain_text("有 30 处错误")
    batch = clerk.page.url
    seen(clerk, "preview")

    clerk.follow("逐条查看")
    expect(clerk.page.get_by_role("heading", name="需要核对的地方")).to_be_visible(timeout=LONGEST_WORK)
    table = clerk.main.get_by_role("row")
    assert table.count() == len(slips) + 1
    for place, slip in slips.items():
        letter = "ABCDEFG"[HEADINGS.index(slip.heading)]
        # What the register knows better is told by row and heading, what the cell says by its cell.
        named = re.compile(rf"^学生 ({letter}{place + 2}|第 {place + 2} 行) ?{slip.heading}$")
        where = clerk.page.get_by_role("rowheader", name=named)
        expect(table.filter(has=where)).to_contain_text(slip.reason)
    seen(clerk, "problems")

    clerk.open(batch)
    link = clerk.main.get_by_role("link", name="下载改正文件")
    expect(link).to_be_visible(timeout=LONGEST_WORK)
    with clerk.page.expect_download() as download:
        link.click()
    better, marked = mended(saved(download.value, tmp_path / "改正.xlsx"), tmp_path / "名册-改好.xlsx", year)
    assert marked == len(slips)

    clerk.expect_complaint("422 (Unprocessable")
    brought(clerk, better)
    expect(clerk.main).to_contain_text("没有发现错误")
    # The demo's few pupils of this school are not on the roster: a person has to say why they end.
    clerk.press("确认导入")
    expect(clerk.main).to_contain_text("请核对名单，并写明事由", timeout=LONGEST_WORK)
    clerk.page.get_by_label("为什么会结束这么多人").fill("换用正式名册，示例学生结束登记")
    seen(clerk, "confirmation")
    clerk.press("确认导入")
    expect(clerk.main).to_contain_text("导入完成", timeout=LONGEST_WORK)
    assert "2000" in clerk.main.inner_text().replace(",", "")
    seen(clerk, "result")

    clerk.follow("打印激活码")
    seen(clerk, "activation")
    clerk.press("生成并下载")
    with clerk.page.expect_download(timeout=LONGEST_WORK) as download:
        clerk.page.get_by_role("dialog").get_by_role("button", name="生成并下载").click()
    pdf = pypdfium2.PdfDocument(saved(download.value, tmp_path / "激活码.pdf"))
    assert len(pdf) >= PUPILS // PER_CLASS
    assert "河洛甲甲甲甲" in "".join(page.get_textpage().get_text_range() for page in pdf)
