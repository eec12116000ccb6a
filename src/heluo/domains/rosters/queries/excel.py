"""The Excel template, read: each sheet by its name, each column by its heading, wherever they stand."""

from collections.abc import Iterator
from itertools import chain
from pathlib import Path

from heluo.domains.rosters.enums import Fault, RowKind, Severity
from heluo.domains.rosters.errors import NotARoster, TooManyRows
from heluo.domains.rosters.queries.layout import (
    COLUMNS,
    EXAMPLE_MARK,
    LISTS,
    NOTES,
    PROBLEMS,
    SHEETS,
    Column,
    column_of,
)
from heluo.domains.rosters.queries.reads import MOST_ROWS, Oddity, Read
from heluo.kernel.tables.public import Cell, Merge, Sheet, Workbook, letters_of, open_workbook

HEADING_WITHIN = 10
"""Rows in which the headings are looked for: people put titles above them."""
MERGED_ROWS_NAMED = 200
"""So many rows of one merged block are named one by one."""


def read_excel(path: Path) -> Iterator[Read | Oddity]:
    """Every row of every known sheet, and what is odd about them.

    Raises the refusals of `Unreadable`.
    """
    kinds = {title: kind for kind, title in SHEETS.items()}
    with open_workbook(path) as workbook:
        known = [sheet for sheet in workbook.sheets if sheet.name.strip() in kinds]
        if not any(not sheet.is_hidden for sheet in known):
            raise NotARoster
        count = 0
        for sheet in workbook.sheets:
            kind = kinds.get(sheet.name.strip())
            if kind is None:
                if not sheet.is_hidden and sheet.name.strip() not in {NOTES, LISTS}:
                    yield Oddity(None, sheet.name[:60], 1, Fault.SHEET_UNKNOWN, severity=Severity.WARNING)
            elif sheet.is_hidden:
                yield Oddity(kind, sheet.name[:60], 1, Fault.SHEET_HIDDEN)
            else:
                for item in _sheet_rows(workbook, sheet, kind):
                    if isinstance(item, Read):
                        count += 1
                        if count > MOST_ROWS:
                            raise TooManyRows(most=MOST_ROWS)
                    yield item


def _sheet_rows(workbook: Workbook, sheet: Sheet, kind: RowKind) -> Iterator[Read | Oddity]:
    rows = workbook.rows(sheet)
    first = next(rows, None)
    if first is None:
        return
    headings = _headings(chain([first], rows), kind)
    if headings is None:
        yield Oddity(kind, sheet.name, 1, Fault.HEADER_MISSING, COLUMNS[kind][0].title)
        return
    at, columns, odd = headings
    for place, fault, title in odd:
        severity = Severity.WARNING if fault == Fault.HEADER_UNKNOWN else Severity.ERROR
        yield Oddity(kind, sheet.name, at, fault, title, letters_of(place), severity)
    present = {column.key for column in columns.values()}
    missing = [column for column in COLUMNS[kind] if column.is_required and column.key not in present]
    for column in missing:
        yield Oddity(kind, sheet.name, at, Fault.HEADER_MISSING, column.title)
    if missing:
        return
    letters = {column.key: letters_of(place) for place, column in columns.items()}
    for number, cells in rows:
        named = {columns[place].key: cell for place, cell in cells.items() if place in columns}
        if named and not any(cell.text.endswith(EXAMPLE_MARK) for cell in named.values()):
            yield Read(kind, sheet.name, number, named, letters)
    yield from _merged(sheet, kind, at, columns)


Headings = tuple[int, dict[int, Column], list[tuple[int, Fault, str]]]


def _headings(rows: Iterator[tuple[int, dict[int, Cell]]], kind: RowKind) -> Headings | None:
    """The first row that holds at least two known headings (or all there are): its number, the columns by place, and
    what is odd about them."""
    for number, cells in rows:
        found = {place: column_of(kind, cell.text) for place, cell in cells.items()}
        if sum(column is not None for column in found.values()) >= 2:
            columns: dict[int, Column] = {}
            odd: list[tuple[int, Fault, str]] = []
            for place, column in found.items():
                if column is None and cells[place].text == PROBLEMS:
                    continue
                if column is None:
                    odd.append((place, Fault.HEADER_UNKNOWN, cells[place].text[:60]))
                elif column in columns.values():
                    odd.append((place, Fault.HEADER_TWICE, column.title))
                else:
                    columns[place] = column
            return number, columns, odd
        if number >= HEADING_WITHIN:
            break
    return None


def _merged(sheet: Sheet, kind: RowKind, at: int, columns: dict[int, Column]) -> Iterator[Oddity]:
    """Each row that a merged block below the headings touches."""
    for block in sheet.merges:
        if block.last_row <= at:
            continue
        place = _touched(block, columns)
        if place is None:
            continue
        first = max(block.first_row, at + 1)
        for number in range(first, min(block.last_row, first + MERGED_ROWS_NAMED - 1) + 1):
            yield Oddity(kind, sheet.name, number, Fault.MERGED, columns[place].title, letters_of(place))


def _touched(block: Merge, columns: dict[int, Column]) -> int | None:
    return next((place for place in sorted(columns) if block.first_column <= place <= block.last_column), None)
