"""Tables as files for spreadsheets: .xlsx and .csv, written row by row, in which nothing that people wrote can run.
What comes back is read in the encodings that spreadsheets here write.

A spreadsheet takes a cell of a CSV file that begins with `=`, `+`, `-`, `@`, a tab or a line end for a formula, and
runs it. Such a text gets an apostrophe in front (OWASP: CSV injection); so does one that already begins with
apostrophes and goes on so, and `from_csv_cell` takes exactly one away: every text comes back as it was. In .xlsx every
cell has a type of its own, text is written as text, and nothing is put in front.
"""

import codecs
import csv
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from io import TextIOWrapper
from types import MappingProxyType
from typing import IO, Any

import xlsxwriter
from django.utils.functional import Promise
from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from heluo.kernel.clock.public import SHANGHAI

FORMULA_STARTS = "=+-@\t\r\n＝＋－＠"
_COULD_RUN = re.compile(f"'*[{re.escape(FORMULA_STARTS)}]")
_WAS_GUARDED = re.compile(f"'+[{re.escape(FORMULA_STARTS)}]")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
"""What no cell can hold in either form."""
BYTE_ORDER_MARK = "\ufeff"
"""Without it spreadsheets in China read a UTF-8 file as GBK."""
ENCODINGS = ("utf-8-sig", "gb18030")
"""GB 18030 reads whatever is written in GBK and GB 2312."""
_NOT_IN_NAMES = re.compile(r"[\[\]:*?/\\']")
LONGEST_CELL, LONGEST_NAME = 32_767, 25
LONGEST_CHOICE = 255
"""Characters of a list to choose from."""
CHOOSING_ROWS = 1000
LAST_ROW = 1_048_575
"""Rows of a sheet, counted from 0."""
WIDEST, NARROWEST = 60, 10
MEASURED_ROWS = 200
"""Rows that say how wide a column is."""
HEADING = {"bold": True, "bg_color": "#0F6B66", "font_color": "#FFFFFF", "border": 1, "text_wrap": True}
TEXT = {"num_format": "@"}
STREAMED: Mapping[str, Any] = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}


def text_of(value: object) -> str:
    """A value as a cell shows it: days and instants as people in China write them, lines ended as cells end them."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, datetime):
        return value.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M")
    if isinstance(value, date):
        return value.isoformat()
    text = _CONTROL.sub("", str(value).replace("\r\n", "\n").replace("\r", "\n"))
    return text if len(text) <= LONGEST_CELL else text[: LONGEST_CELL - 1] + "…"


def to_csv_cell(value: object) -> str:
    """The text of a value, made harmless."""
    text = text_of(value)
    return f"'{text}" if _COULD_RUN.match(text) else text


def from_csv_cell(cell: str) -> str:
    """The text a cell was made of."""
    return cell[1:] if _WAS_GUARDED.match(cell) else cell


def encoding_of(chunks: Callable[[], Iterable[bytes]]) -> str | None:
    """The encoding in which a file can be read to its end; None where it is no text. `chunks` reads it anew."""
    for encoding in ENCODINGS:
        decoder = codecs.getincrementaldecoder(encoding)()
        try:
            if any("\0" in decoder.decode(chunk) for chunk in chunks()):
                return None
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            continue
        if not decoder.getstate()[0]:  # a torn byte order mark is kept back, and complained of only by `bytes.decode`
            return encoding
    return None


@dataclass(frozen=True, slots=True)
class CsvTable:
    """A table that is being written as CSV."""

    writer: Any

    def add(self, line: Sequence[object]) -> None:
        self.writer.writerow([to_csv_cell(value) for value in line])


@contextmanager
def csv_table(file: IO[bytes], titles: Sequence[object]) -> Iterator[CsvTable]:
    """A table in UTF-8 with a byte order mark, lines ended as RFC 4180 has it."""
    text = TextIOWrapper(file, encoding="utf-8", newline="", write_through=True)
    try:
        text.write(BYTE_ORDER_MARK)
        table = CsvTable(csv.writer(text))
        table.add(titles)
        yield table
    finally:
        text.detach()


def write_csv(file: IO[bytes], titles: Sequence[object], lines: Iterable[Sequence[object]]) -> None:
    """A whole table as CSV."""
    with csv_table(file, titles) as table:
        for line in lines:
            table.add(line)


@dataclass(slots=True)
class Sheet:
    """A table of a workbook that is being written. Past the last row a sheet can have, it goes on in another."""

    book: Workbook
    name: str
    titles: Sequence[object]
    looks: tuple[Format, Format]
    number: int = 0
    row: int = 0
    widths: list[int] = field(default_factory=list)
    page: Worksheet = field(init=False)

    def __post_init__(self) -> None:
        self._begin()

    def _begin(self) -> None:
        self.number += 1
        self.page = self.book.add_worksheet(self.name if self.number == 1 else f"{self.name} ({self.number})")
        self.page.freeze_panes(1, 0)
        self.widths = [0] * len(self.titles)
        self.row = 0
        for column, title in enumerate(self.titles):
            self._widen(column, text_of(title))
            self.page.write_string(0, column, text_of(title), self.looks[0])

    def add(self, line: Sequence[object]) -> None:
        """One more row. Numbers are numbers, everything else is text, whatever it looks like."""
        if self.row == LAST_ROW:
            self._begin()
        self.row += 1
        for column, value in enumerate(line):
            text = text_of(value)
            if self.row <= MEASURED_ROWS:
                self._widen(column, text)
            if isinstance(value, int | float) and not isinstance(value, bool):
                self.page.write_number(self.row, column, value)
            elif text:
                self.page.write_string(self.row, column, text, self.looks[1])

    def offer(self, column: int, words: Sequence[str]) -> None:
        """Let people choose the words of a column from a list; what is not in it may still be written.

        A list that is too long for the format is left out.
        """
        if len(",".join(words)) <= LONGEST_CHOICE:
            self.page.data_validation(
                1, column, CHOOSING_ROWS, column, {"validate": "list", "source": list(words), "error_type": "warning"}
            )

    def _widen(self, column: int, text: str) -> None:
        """Make a column as wide as its widest text so far; a Chinese character takes the room of two letters."""
        width = min(max(sum(2 if ord(char) > 0x2E7F else 1 for char in text) + 3, NARROWEST), WIDEST)
        if width > self.widths[column]:
            self.widths[column] = width
            self.page.set_column(column, column, width, self.looks[1])


@dataclass(frozen=True, slots=True)
class Book:
    """A workbook that is being written."""

    book: Workbook
    looks: tuple[Format, Format]

    def sheet(self, name: str | Promise, titles: Sequence[object]) -> Sheet:
        return Sheet(self.book, _NOT_IN_NAMES.sub(" ", str(name))[:LONGEST_NAME], titles, self.looks)


@contextmanager
def workbook(file: IO[bytes]) -> Iterator[Book]:
    """A workbook written into a file as it is made, in memory that does not grow with its rows."""
    with xlsxwriter.Workbook(file, dict(STREAMED)) as book:
        yield Book(book, (book.add_format(HEADING), book.add_format(TEXT)))


def write_xlsx(
    file: IO[bytes],
    name: str | Promise,
    titles: Sequence[object],
    lines: Iterable[Sequence[object]],
    *,
    offered: Mapping[int, Sequence[str]] = MappingProxyType({}),
) -> None:
    """A workbook of one table; `offered` are words to choose from, by column."""
    with workbook(file) as book:
        sheet = book.sheet(name, titles)
        for column, words in offered.items():
            sheet.offer(column, words)
        for line in lines:
            sheet.add(line)
