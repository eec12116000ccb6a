"""The file handed back, in the format it came in, with what is wrong beside each row.

A workbook gets its wrong cells coloured. A package stays what it was, file for file and line for line, with one column
more where something is wrong.
"""

import csv
import zipfile
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from io import TextIOWrapper
from pathlib import Path
from typing import Any

import xlsxwriter
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from heluo.domains.rosters.enums import RowKind, Severity
from heluo.domains.rosters.models import RosterBatch, RosterFinding
from heluo.domains.rosters.queries.cells import Setting
from heluo.domains.rosters.queries.formats import file_of, open_source
from heluo.domains.rosters.queries.layout import COLUMNS, PROBLEMS, SHEETS
from heluo.domains.rosters.queries.package import PROBLEMS_COLUMN, open_package
from heluo.domains.rosters.queries.reads import Read
from heluo.domains.rosters.queries.template import HEADING, TEXT, write_heading
from heluo.kernel.tables.public import unfolded

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


def write_marked_workbook(batch: RosterBatch, path: Path, setting: Setting) -> None:
    """Write a batch's rows with their problems as a workbook that can be mended and brought again.

    Rows go to disk as they are read; of the findings one sheet's are in memory at a time.
    """
    with (
        open_source(batch, setting) as source,
        xlsxwriter.Workbook(
            str(path),
            {
                "constant_memory": True,
                "strings_to_formulas": False,
                "strings_to_urls": False,
                "strings_to_numbers": False,
            },
        ) as book,
    ):
        writer = _Writer(batch, book)
        for item in source.items:
            if isinstance(item, Read):
                writer.write(item)
        writer.finish()


def write_marked_package(batch: RosterBatch, path: Path) -> None:
    """Write a batch's package with its problems, to be mended and brought again."""
    with file_of(batch) as own, open_package(own) as package, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as out:
        for file, member in package.members.items():
            wrongs = wrongs_in(batch, file)
            with out.open(file, "w", force_zip64=True) as target:
                if not wrongs:
                    for chunk in unfolded(package.archive, member):
                        target.write(chunk)
                    continue
                with TextIOWrapper(target, "utf-8", newline="") as text:
                    write_marked(package.rows(file, package.encoding_of(file)), wrongs, csv.writer(text))


def write_marked(rows: Iterable[tuple[int, list[str]]], wrongs: Mapping[int, list[RosterFinding]], out: Any) -> None:
    """Lines with their problems in a last column; one that was there already is written anew."""
    width, place = 0, None
    for number, cells in rows:
        if number == 1:
            width = len(cells)
            place = next((at for at, cell in enumerate(cells) if cell.startswith(PROBLEMS_COLUMN)), None)
        words = PROBLEMS_COLUMN if number == 1 else said(wrongs.get(number, []))
        if number == 1 and (about := wrongs.get(1)):
            # What is wrong with the heading line or the file has no other place to stand.
            words = f"{PROBLEMS_COLUMN}: {said(about)}"
        if place is not None:
            cells[place : place + 1] = []
        out.writerow([*cells, *[""] * (width - len(cells)), words])


def wrongs_in(batch: RosterBatch, sheet: str) -> dict[int, list[RosterFinding]]:
    """What is wrong in a sheet or a file, by row."""
    found: dict[int, list[RosterFinding]] = defaultdict(list)
    for wrong in batch.findings.filter(sheet=sheet).order_by("number", "severity", "id"):
        found[wrong.number].append(wrong)
    return found


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
            page = _Page(self.book.add_worksheet(SHEETS[kind]), wrongs=wrongs_in(self.batch, sheet))
            self.pages[kind, sheet] = page
            page.sheet.freeze_panes(1, 0)
            columns = COLUMNS[kind]
            for place, column in enumerate(columns):
                page.sheet.set_column(place, place, column.width, self.looks["text"])
                write_heading(page.sheet, 0, place, column, self.looks["heading"])
            page.sheet.set_column(len(columns), len(columns), PROBLEMS_WIDTH)
            page.sheet.write_string(0, len(columns), PROBLEMS, self.looks["heading"])
        return page

    def finish(self) -> None:
        for (kind, _sheet), page in self.pages.items():
            page.sheet.autofilter(0, 0, max(page.row - 1, 1), len(COLUMNS[kind]))


def said(wrongs: list[RosterFinding]) -> str:
    """What is wrong with a row, cell by cell."""
    return "；".join(f"{wrong.column}：{wrong.reason}。{wrong.remedy}" for wrong in wrongs)
