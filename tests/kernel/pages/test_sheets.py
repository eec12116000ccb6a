"""Tables as files: nothing that people wrote can run, and everything comes back as it was."""

import csv
from datetime import UTC, date, datetime
from io import BytesIO, StringIO
from pathlib import Path
from tempfile import NamedTemporaryFile
from zipfile import ZipFile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from heluo.kernel.pages import sheets
from heluo.kernel.pages.sheets import BYTE_ORDER_MARK, FORMULA_STARTS, from_csv_cell, text_of, write_csv, write_xlsx
from heluo.kernel.tables.public import open_workbook

VALUES = st.one_of(
    st.text(),
    st.text(alphabet=st.sampled_from("=+-@\t\r\n'＝＋－＠ 1A河")),
    st.integers(),
    st.dates(),
    st.booleans(),
    st.none(),
)
TABLES = st.integers(1, 4).flatmap(
    lambda width: st.lists(st.lists(VALUES, min_size=width, max_size=width), min_size=1, max_size=6)
)


def as_csv(titles: list[object], lines: list[list[object]]) -> list[list[str]]:
    written = BytesIO()
    write_csv(written, titles, lines)
    content = written.getvalue().decode()
    assert content.startswith(BYTE_ORDER_MARK)
    return list(csv.reader(StringIO(content[1:], newline="")))


@given(TABLES)
def test_no_cell_of_a_csv_file_begins_a_formula(lines: list[list[object]]) -> None:
    for row in as_csv(lines[0], lines):
        for cell in row:
            assert not cell.startswith(tuple(FORMULA_STARTS))


@given(TABLES)
def test_a_csv_file_comes_back_as_it_was(lines: list[list[object]]) -> None:
    read = as_csv(lines[0], lines)
    assert [[from_csv_cell(cell) for cell in row] for row in read] == [
        [text_of(value) for value in line] for line in [lines[0], *lines]
    ]


@given(TABLES)
@settings(deadline=None)
def test_a_workbook_comes_back_as_it_was(lines: list[list[object]]) -> None:
    with NamedTemporaryFile(suffix=".xlsx") as file:
        write_xlsx(file, "表", ["题"] * len(lines[0]), lines)  # type: ignore[arg-type]  # a file like any other
        file.flush()
        with ZipFile(file.name) as archive:
            assert b"<f>" not in archive.read("xl/worksheets/sheet1.xml")
        with open_workbook(Path(file.name)) as book:
            [sheet] = book.sheets
            read = dict(book.rows(sheet))
    for number, line in enumerate(lines, start=2):
        for column, value in enumerate(line):
            cell = read.get(number, {}).get(column)
            wanted = text_of(value).strip()  # as the reader does
            if isinstance(value, int) and not isinstance(value, bool) and abs(value) > 10**14:
                continue  # Excel keeps fifteen digits of a number
            assert (cell.text if cell else "") == wanted


def test_values_are_written_as_people_write_them() -> None:
    at = datetime(2026, 9, 30, 16, 5, tzinfo=UTC)
    assert [text_of(value) for value in (None, True, date(2026, 9, 1), at, 7, "a\x00b")] == [
        "",
        "是",
        "2026-09-01",
        "2026-10-01 00:05",
        "7",
        "ab",
    ]


def test_a_text_longer_than_a_cell_is_cut_and_says_so() -> None:
    assert text_of("长" * 40_000).endswith("…")
    assert len(text_of("长" * 40_000)) == sheets.LONGEST_CELL


def test_a_table_longer_than_a_sheet_goes_on_in_another(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(sheets, "LAST_ROW", 3)
    with (tmp_path / "a.xlsx").open("wb") as file:
        write_xlsx(file, "表:名", ["题"], [[number] for number in range(5)])
    with open_workbook(tmp_path / "a.xlsx") as book:
        assert [sheet.name for sheet in book.sheets] == ["表 名", "表 名 (2)"]
        rows = [cells[0].text for sheet in book.sheets for _number, cells in book.rows(sheet)]
    assert rows == ["题", "0", "1", "2", "题", "3", "4"]
