"""The file handed back: every row as it was read, what is wrong beside it, wrong cells coloured."""

from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

import xlsxwriter
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from heluo.domains.rosters.enums import RowKind, Severity
from heluo.domains.rosters.models import RosterBatch, RosterFinding
from heluo.domains.rosters.queries.excel import Read
from heluo.domains.rosters.queries.formats import read_file
from heluo.domains.rosters.queries.layout import COLUMNS, PROBLEMS, SHEETS
from heluo.domains.rosters.queries.template import HEADING, TEXT, write_heading

WRONG = {"num_format": "@", "bg_color": "#F9D5D3", "border": 1, "border_color": "#B3261E"}
DOUBTFUL = {"num_format": "@", "bg_color": "#FFF1CC", "border": 1, "border_color": "#B58100"}
SAID = {"text_wrap": True, "valign": "top", "font_color": "#B3261E"}
PROBLEMS_WIDTH = 60


@dataclass(slots=True)
class _Page:
    """A sheet being written."""

    sheet: Worksheet
    row: int = 1
    wrongs: dict[int, list[RosterFinding]] = field(default_factory=dict)


def write_corrections(batch: RosterBatch, path: Path) -> None:
    """Write a batch's rows with their problems as a workbook that can be mended and brought again.

    Rows go to disk as they are read; of the findings one sheet's are in memory at a time.
    """
    with xlsxwriter.Workbook(
        str(path),
        {
            "constant_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        },
    ) as book:
        writer = _Writer(batch, book)
        for item in read_file(batch):
            if isinstance(item, Read):
                writer.write(item)
        writer.finish()


class _Writer:
    def __init__(self, batch: RosterBatch, book: Workbook) -> None:
        self.batch = batch
        self.book = book
        self.looks = {
            "heading": book.add_format(HEADING),
            "text": book.add_format(TEXT),
            Severity.ERROR: book.add_format(WRONG),
            Severity.WARNING: book.add_format(DOUBTFUL),
            "said": book.add_format(SAID),
        }
        self.pages: dict[tuple[RowKind, str], _Page] = {}

    def write(self, read: Read) -> None:
        page = self.page_of(read.kind, read.sheet)
        wrongs = page.wrongs.get(read.number, [])
        severities = {wrong.column: Severity(wrong.severity) for wrong in reversed(wrongs)}
        for place, column in enumerate(COLUMNS[read.kind]):
            look = self.looks[severities.get(column.title, "text")]
            cell = read.cells.get(column.key)
            if cell is not None and cell.text:
                page.sheet.write_string(page.row, place, cell.text, look)
            elif column.title in severities:
                page.sheet.write_blank(page.row, place, None, look)
        if wrongs:
            page.sheet.write_string(page.row, len(COLUMNS[read.kind]), said(wrongs), self.looks["said"])
        page.row += 1

    def page_of(self, kind: RowKind, sheet: str) -> _Page:
        page = self.pages.get((kind, sheet))
        if page is None:
            page = _Page(self.book.add_worksheet(SHEETS[kind]), wrongs=self.wrongs_in(sheet))
            self.pages[kind, sheet] = page
            page.sheet.freeze_panes(1, 0)
            columns = COLUMNS[kind]
            for place, column in enumerate(columns):
                page.sheet.set_column(place, place, column.width, self.looks["text"])
                write_heading(page.sheet, 0, place, column, self.looks["heading"])
            page.sheet.set_column(len(columns), len(columns), PROBLEMS_WIDTH)
            page.sheet.write_string(0, len(columns), PROBLEMS, self.looks["heading"])
        return page

    def wrongs_in(self, sheet: str) -> dict[int, list[RosterFinding]]:
        found: dict[int, list[RosterFinding]] = defaultdict(list)
        for wrong in self.batch.findings.filter(sheet=sheet).order_by("number", "severity", "id"):
            found[wrong.number].append(wrong)
        return found

    def finish(self) -> None:
        for (kind, _sheet), page in self.pages.items():
            page.sheet.autofilter(0, 0, max(page.row - 1, 1), len(COLUMNS[kind]))


def said(wrongs: list[RosterFinding]) -> str:
    """What is wrong with a row, cell by cell."""
    return "；".join(f"{wrong.column}：{wrong.reason}。{wrong.remedy}" for wrong in wrongs)
