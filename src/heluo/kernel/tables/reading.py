"""A table out of a file: an Excel workbook or CSV, whichever it is, with everything that is odd about its cells.

For files that a request takes: the whole table is held in memory, and `Layout` limits it.
"""

import csv
import io
import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import islice

from django.db.models import TextChoices

from heluo.kernel.pages.sheets import encoding_of, from_csv_cell, text_of, to_csv_cell
from heluo.kernel.tables.enums import CellFault, Fault
from heluo.kernel.tables.errors import CellsWrong, Finding, NoTable, TableEmpty, TableTooLarge
from heluo.kernel.tables.words import FALSE, TRUE, Words, folded
from heluo.kernel.tables.workbook import OLE, Cell, Merge, Sheet, Workbook, letters_of, open_workbook

ZIP = b"PK\x03\x04"
ACCEPTED = ".xlsx,.csv,text/csv"
"""What a file field offers to choose from."""
MEGABYTE = 1024 * 1024
MOST_UNFOLDED = 64 * MEGABYTE
"""Bytes of one unfolded part of a workbook that a request reads."""
HEADING_WITHIN = 10
"""Rows in which the headings are looked for: people put titles above them."""
MOST_MERGES = 1000
"""Merged blocks that findings name: one is enough to refuse the file."""
NOTES = "说明"
"""A sheet of this name is for people."""
DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?")
LONGEST_SHOWN = 60
"""Characters of a wrong cell that a finding shows."""
Line = tuple[int, dict[int, Cell]]
"""A row that holds something: its number from 1, its cells by column from 0."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """What a kind of table has: each column by its key, and its heading as files are written. The key is read too."""

    headings: Mapping[str, str]
    needed: Collection[str]
    """Columns that must be there; their cells may still be empty."""
    texts: Collection[str] = ()
    """Columns in which 1.10 is not 1.1, and a number with many digits keeps them."""
    most_rows: int
    most_bytes: int

    def keys(self) -> dict[str, str]:
        """A heading, folded → the key of its column."""
        return {folded(name): key for key, heading in self.headings.items() for name in (key, heading)}

    def too_large(self) -> TableTooLarge:
        return TableTooLarge(field="file", megabytes=self.most_bytes // MEGABYTE, rows=f"{self.most_rows:,}")


@dataclass(frozen=True, slots=True)
class Row:
    """A row below the headings: its cells as text, by the key of their column; what is not there reads as empty."""

    number: int
    cells: Mapping[str, str]

    def __getitem__(self, key: str) -> str:
        return self.cells.get(key, "")


@dataclass(slots=True)
class Table:
    """A table that was read, and what was found wrong with it so far."""

    layout: Layout
    lines: Sequence[Line]
    letters: dict[str, str] = field(default_factory=dict)
    rows: list[Row] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    _untrusted: set[tuple[int, str]] = field(default_factory=set)
    _wrong: set[int] = field(default_factory=set)

    def find(self, row: Row, key: str, value: str, fault: TextChoices, /, **details: object) -> None:
        """Something is wrong with a cell. Of one that could not be read to begin with, nothing more is said."""
        if (row.number, key) not in self._untrusted:
            self.note(row.number, self.layout.headings[key], value, fault, self.letters.get(key, ""), **details)

    def note(
        self, row: int, column: str, value: str, fault: TextChoices, letter: str = "", /, **details: object
    ) -> None:
        """Something is wrong that no row of the table stands for."""
        self.findings.append(Finding(row, column, value[:LONGEST_SHOWN], fault, details, letter))
        self._wrong.add(row)

    def distrust(self, row: int, key: str, value: str, fault: TextChoices) -> None:
        """A cell cannot be read: it says nothing, and nothing more is said of it."""
        self.note(row, self.layout.headings[key], value, fault, self.letters.get(key, ""))
        self._untrusted.add((row, key))

    def is_wrong(self, row: Row) -> bool:
        """Whether anything was found in a row."""
        return row.number in self._wrong

    def word(self, row: Row, key: str, words: Words, *, below: str = "") -> str:
        """The code of a cell's word; empty where it is empty or wrong. `below`: the code must belong to that stage."""
        if not row[key]:
            return ""
        code = words.code(row[key])
        offered = [word for known, word in words.of.items() if not below or known.startswith(f"{below}-")]
        if code is None:
            self.find(row, key, row[key], Fault.NOT_IN_TABLE, known="、".join(offered or words.of.values()))
        elif below and not code.startswith(f"{below}-"):
            self.find(row, key, row[key], Fault.OF_ANOTHER_STAGE, known="、".join(offered))
            return ""
        return code or ""

    def yes(self, row: Row, key: str) -> bool | None:
        """Whether a cell says yes; None where it is empty or says neither."""
        word = folded(row[key])
        if word and word not in TRUE | FALSE:
            self.find(row, key, row[key], Fault.YES_OR_NO)
        return word in TRUE if word in TRUE | FALSE else None

    def day(self, row: Row, key: str) -> date | None:
        """The day of a cell, as a date or as people write one (2027-08-31, 2027/8/31, 2027年8月31日); None where it is
        empty or no day.
        """
        if not row[key]:
            return None
        written = DAY.fullmatch(folded(row[key]))
        try:
            day = date(*(int(part) for part in written.groups())) if written else None
        except ValueError:
            day = None
        if day is None:
            self.find(row, key, row[key], Fault.NOT_A_DAY)
        return day

    def refuse_wrong(self, name: str) -> None:
        """Raise `CellsWrong` where anything was found, in the order in which one reads the table."""
        if self.findings:
            raise CellsWrong(name, self.in_order())

    def in_order(self) -> list[Finding]:
        return sorted(self.findings, key=lambda one: (one.row, not one.letter, len(one.letter), one.letter))

    def text(self) -> str:
        """The table as CSV with its rows where they stood, to be read again by `read_text`."""
        file = io.StringIO(newline="")
        writer = csv.writer(file)
        before = 0
        for number, cells in self.lines:
            writer.writerows([()] * (number - before - 1))
            writer.writerow([to_csv_cell(cells[at].text) if at in cells else "" for at in range(max(cells) + 1)])
            before = number
        return file.getvalue()


def read_table(content: bytes, *, name: str, layout: Layout) -> Table:
    """The table in a file. Raises the refusals of `errors.Unreadable`; everything else is a finding."""
    if len(content) > layout.most_bytes:
        raise layout.too_large()
    if content.startswith((ZIP, OLE)):
        return _in_workbook(content, name=name, layout=layout)
    encoding = encoding_of(lambda: [content])
    if encoding is None:
        raise NoTable(field="file", name=name)
    return read_text(content.decode(encoding), name=name, layout=layout)


def read_text(text: str, *, name: str, layout: Layout) -> Table:
    """The table in the text of a CSV file."""
    lines = []
    try:
        for number, record in enumerate(csv.reader(io.StringIO(text, newline="")), 1):
            told = (text_of(from_csv_cell(one)).strip() for one in record)
            if cells := {place: Cell(cell) for place, cell in enumerate(told) if cell}:
                lines.append((number, cells))
    except csv.Error as error:
        raise NoTable(field="file", name=name) from error
    return _table(lines, name=name, layout=layout)


@dataclass(frozen=True, slots=True, eq=False)
class _Page:
    """A sheet that holds something."""

    sheet: Sheet
    lines: list[Line]
    has_headings: bool

    @property
    def is_read(self) -> bool:
        return not self.sheet.is_hidden and self.sheet.name.strip() != NOTES


def _in_workbook(content: bytes, *, name: str, layout: Layout) -> Table:
    """The table in a workbook: the first sheet to be seen that has the headings. Of other tables it is said that they
    are not read."""
    with open_workbook(io.BytesIO(content), largest=MOST_UNFOLDED) as book:
        pages = [
            _Page(sheet, lines, _heading_at(lines, layout) is not None)
            for sheet in book.sheets
            if (lines := list(islice(_lines_of(book, sheet), layout.most_rows + HEADING_WITHIN + 1)))
        ]
    seen = [page for page in pages if page.is_read]
    chosen = next((page for page in seen if page.has_headings), seen[0] if seen else None)
    others = [page for page in pages if page is not chosen and (page.is_read or page.has_headings)]
    if chosen is None and not others:
        raise TableEmpty(field="file", name=name)
    told = [(page.sheet.name, Fault.SHEET_UNREAD if page.is_read else Fault.SHEET_HIDDEN) for page in others]
    if chosen is None:
        table = Table(layout, ())
    else:
        table = _table(chosen.lines, name=name, layout=layout, merges=chosen.sheet.merges)
    for sheet, fault in told:
        table.note(1, sheet, "", fault, sheet=sheet)
    return table


def _lines_of(book: Workbook, sheet: Sheet) -> Iterator[Line]:
    for number, cells in book.rows(sheet):
        clean = {place: replace(cell, text=text_of(cell.text).strip()) for place, cell in cells.items()}
        if told := {place: cell for place, cell in clean.items() if cell.text or cell.fault}:
            yield number, told


def _heading_at(lines: Sequence[Line], layout: Layout) -> int | None:
    """Which of the lines holds the headings: the first with at least two known ones."""
    known = layout.keys()
    for place, (_number, cells) in enumerate(lines[:HEADING_WITHIN]):
        if sum(_key_in(cell, known) is not None for cell in cells.values()) >= 2:
            return place
    return None


def _key_in(cell: Cell, known: Mapping[str, str]) -> str | None:
    """The key of the column that a heading names; a star marks what must be filled."""
    return known.get(folded(cell.text).strip("*"))


def _table(lines: Sequence[Line], *, name: str, layout: Layout, merges: Sequence[Merge] = ()) -> Table:
    if len(lines) < 2:
        raise TableEmpty(field="file", name=name)
    table = Table(layout, lines)
    at = _heading_at(lines, layout) or 0
    number, headings = lines[at]
    body = lines[at + 1 :]
    columns = _columns(table, number, headings)
    if table.findings:
        return table
    if not body:
        raise TableEmpty(field="file", name=name)
    if len(body) > layout.most_rows:
        raise layout.too_large()
    merged = _merged(body, merges, columns)
    for line, cells in body:
        marked = {place: Cell(cells[place].text if place in cells else "", CellFault.MERGED) for place in merged[line]}
        table.rows.append(_row(table, line, {**cells, **marked}, columns))
    return table


def _columns(table: Table, number: int, headings: Mapping[int, Cell]) -> dict[int, str]:
    """The key of each column by its place; whatever is odd about the headings is a finding."""
    known = table.layout.keys()
    columns: dict[int, str] = {}
    for place, cell in sorted(headings.items()):
        key = _key_in(cell, known)
        if key is None:
            table.note(number, cell.text[:LONGEST_SHOWN], "", Fault.HEADER_UNKNOWN, letters_of(place))
        elif key in columns.values():
            table.note(number, table.layout.headings[key], "", Fault.HEADER_TWICE, letters_of(place))
        else:
            columns[place] = key
            table.letters[key] = letters_of(place)
    for key in table.layout.needed:
        if key not in columns.values():
            table.note(number, table.layout.headings[key], "", Fault.HEADER_MISSING)
    return columns


def _row(table: Table, number: int, cells: Mapping[int, Cell], columns: Mapping[int, str]) -> Row:
    values: dict[str, str] = {}
    for place, cell in sorted(cells.items()):
        key = columns.get(place)
        if key is None:
            table.note(number, letters_of(place), cell.text, Fault.OUTSIDE, letters_of(place))
        elif fault := _fault_of(cell, is_text=key in table.layout.texts):
            table.distrust(number, key, cell.text, fault)
        else:
            values[key] = cell.text
    return Row(number, values)


def _fault_of(cell: Cell, *, is_text: bool) -> Fault | None:
    if cell.fault == CellFault.LOST_DIGITS and not is_text:
        return None
    if cell.fault is not None:
        return Fault(cell.fault.value)
    return Fault.NUMBER_CELL if is_text and cell.is_decimal else None


def _merged(body: Sequence[Line], merges: Sequence[Merge], columns: Mapping[int, str]) -> Mapping[int, set[int]]:
    """Row → its columns that lie in a merged block."""
    numbers = sorted(number for number, _cells in body)
    found: dict[int, set[int]] = defaultdict(set)
    touching = 0
    for block in merges:
        rows = numbers[bisect_left(numbers, block.first_row) : bisect_right(numbers, block.last_row)]
        places = [place for place in columns if block.first_column <= place <= block.last_column]
        if rows and places:
            for number in rows:
                found[number].update(places)
            touching += 1
        if touching == MOST_MERGES:
            break
    return found
