"""A year of the calendar as a CSV file: date, kind, name."""

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from io import StringIO

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from heluo.kernel.calendar.enums import DayKind
from heluo.kernel.clock.models import LONGEST_DAY_NAME
from heluo.kernel.clock.public import WEEKEND
from heluo.kernel.pages.sheets import encoding_of, from_csv_cell

TITLES = ("日期", "类别", "名称")
WORDS = {DayKind.HOLIDAY: "放假", DayKind.WORKED: "补班"}
"""In whatever language the file is asked for: the same file must be readable again."""
KINDS = {**{word: kind for kind, word in WORDS.items()}, **{kind.value: kind for kind in DayKind}}
DAY = re.compile(r"(\d{4})[-/年.](\d{1,2})[-/月.](\d{1,2})日?")
MOST_ROWS = 366


@dataclass(frozen=True, slots=True)
class SpecialDay:
    """A day that is not what its weekday says."""

    day: date
    kind: DayKind
    name: str


@dataclass(frozen=True, slots=True)
class WrongCell:
    """What is wrong, and where, as `pages/import.html` shows it."""

    row: int
    column: str
    value: str
    message: str | Promise


@dataclass(frozen=True, slots=True)
class YearTable:
    """What a file says: the days, if no cell is wrong."""

    days: tuple[SpecialDay, ...]
    problems: tuple[WrongCell, ...]


def text_of_file(content: bytes) -> str | None:
    """The text of a CSV file as spreadsheets save it; None where it is no text."""
    encoding = encoding_of(lambda: [content])
    return content.decode(encoding) if encoding else None


def read_year(text: str, year: int) -> YearTable:
    """The days of one year, or every wrong cell."""
    try:
        rows = list(csv.reader(StringIO(text, newline="")))
    except csv.Error:
        return YearTable((), (WrongCell(1, TITLES[0], "", _("表格读不出来，请在表格软件中另存为 CSV 后再试")),))
    head = tuple(cell.strip() for cell in rows[0][: len(TITLES)]) if rows else ()
    if head != TITLES:
        wanted = _("第一行要写“日期”“类别”“名称”三列的标题")
        return YearTable((), (WrongCell(1, TITLES[0], ",".join(head)[:80], wanted),))
    if len(rows) > MOST_ROWS + 1:
        return YearTable((), (WrongCell(MOST_ROWS + 2, TITLES[0], "", _("一年的表格不会有这么多行")),))
    days: dict[date, SpecialDay] = {}
    problems: list[WrongCell] = []
    for number, row in enumerate(rows[1:], 2):
        cells = [from_csv_cell(cell).strip() for cell in (*row, "", "", "")[: len(TITLES)]]
        if not any(cells):
            continue
        on, kind = _day(cells[0]), KINDS.get(cells[1])
        wrong = list(_wrong(cells, on, kind, year, days))
        problems += [WrongCell(number, TITLES[column], cells[column][:80], message) for column, message in wrong]
        if on is not None and kind is not None and not wrong:
            days[on] = SpecialDay(on, kind, cells[2])
    if not days and not problems:
        problems.append(WrongCell(2, TITLES[0], "", _("表格里没有一天")))
    return YearTable(() if problems else tuple(days[on] for on in sorted(days)), tuple(problems))


def _wrong(
    cells: list[str], on: date | None, kind: DayKind | None, year: int, known: dict[date, SpecialDay]
) -> Iterator[tuple[int, str | Promise]]:
    """Column and reason of each wrong cell of a row."""
    if on is None:
        yield 0, _("日期要写成 2026-09-01 这样，并且是真有的一天")
    elif on.year != year:
        yield 0, _("不是所选年份的日期")
    elif on in known:
        yield 0, _("这一天在前面已经写过")
    if kind is None:
        yield 1, _("类别只能写“放假”或“补班”")
    elif kind == DayKind.WORKED and on is not None and on.weekday() < WEEKEND:
        yield 1, _("这一天是周一至周五，本来就上班，不用补班")
    if not cells[2]:
        yield 2, _("请写明名称，例如节日名称")
    elif len(cells[2]) > LONGEST_DAY_NAME:
        yield 2, _("名称太长，最多 40 个字")


def _day(cell: str) -> date | None:
    found = DAY.fullmatch(cell)
    try:
        return date(*map(int, found.groups())) if found else None
    except ValueError:
        return None
