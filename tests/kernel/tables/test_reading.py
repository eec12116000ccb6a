"""Tables that people bring: the same out of a workbook and out of CSV, with everything odd named, nothing believed."""

import zipfile
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as some

from heluo.kernel.organisations.public import grade_words, stage_words
from heluo.kernel.pages.sheets import write_csv, write_xlsx
from heluo.kernel.tables.enums import Fault
from heluo.kernel.tables.errors import (
    MOST_LISTED,
    CellsWrong,
    NoTable,
    OldWorkbook,
    PasswordProtected,
    TableEmpty,
    TableTooLarge,
    UnfoldsTooFar,
    Unreadable,
)
from heluo.kernel.tables.reading import LONGEST_SHOWN, Layout, Table, read_table, read_text
from tests.kernel.tables.made import Book, with_sheet

LAYOUT = Layout(
    headings={"code": "编号", "title": "名称", "stage": "学段", "grade": "年级", "open": "开放"},
    needed=("code", "title"),
    texts=("code",),
    most_rows=5,
    most_bytes=8 * 1024**2,
)
HEADINGS = tuple(LAYOUT.headings.values())
ROWS = [("1.10", "分数", "小学", "三年级", "是"), ("2", "=1+1 小数", "", "", "")]
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def read(content: bytes | Book) -> Table:
    return read_table(content if isinstance(content, bytes) else content.content(), name="表", layout=LAYOUT)


def a_book(*rows: tuple[object, ...], headings: tuple[str, ...] = HEADINGS) -> Book:
    return Book({"甲": [headings, *rows]})


def csv_of(*rows: tuple[object, ...], headings: tuple[str, ...] = HEADINGS) -> bytes:
    file = BytesIO()
    write_csv(file, headings, rows)
    return file.getvalue()


def told(table: Table) -> list[tuple[str, str, Fault]]:
    return [(finding.cell, finding.column, Fault(finding.fault)) for finding in table.in_order()]


def cells(table: Table) -> list[tuple[int, dict[str, str]]]:
    return [(row.number, dict(row.cells)) for row in table.rows]


def test_a_workbook_says_what_a_csv_file_says() -> None:
    book = BytesIO()
    write_xlsx(book, "表", HEADINGS, ROWS)
    one, other = read(csv_of(*ROWS)), read(book.getvalue())
    assert cells(one) == cells(other)
    assert cells(one)[1] == (3, {"code": "2", "title": "=1+1 小数"})
    assert not one.findings + other.findings


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_csv_in_the_encodings_of_spreadsheets_here(encoding: str) -> None:
    assert cells(read("编号,名称\n1,分数\n".encode(encoding))) == [(2, {"code": "1", "title": "分数"})]


def test_headings_stand_anywhere_in_any_order_with_a_star_or_by_their_key() -> None:
    rows = [("二〇二六年的表",), (), (" 名称＊ ", "CODE"), ("分数", "1")]
    assert cells(read(Book({"甲": rows}))) == [(4, {"title": "分数", "code": "1"})]
    assert cells(read("二〇二六年的表\n\n名称*,code\n分数,1\n".encode())) == [(4, {"title": "分数", "code": "1"})]


def test_odd_headings_are_told_by_their_cell_and_no_row_is_read() -> None:
    for made in (a_book, csv_of):
        table = read(made(("分数", "x", "y"), headings=("名称", "备注", "名称")))
        assert told(table) == [
            ("B1", "备注", Fault.HEADER_UNKNOWN),
            ("C1", "名称", Fault.HEADER_TWICE),
            ("", "编号", Fault.HEADER_MISSING),
        ]
        assert table.rows == []


def test_a_cell_outside_the_headings_is_told() -> None:
    for made in (a_book, csv_of):
        assert told(read(made(("1", "分数", "", "", "", "", "多出来的")))) == [("G2", "G", Fault.OUTSIDE)]


def test_what_cannot_be_trusted_is_told_once_and_says_nothing() -> None:
    rows = [("=A1", "分数"), (1.1, "小数"), (1234567890123456, "长号"), (3, "=1/0")]
    table = read(a_book(*rows))
    assert told(table) == [
        ("A2", "编号", Fault.FORMULA),
        ("A3", "编号", Fault.NUMBER_CELL),
        ("A4", "编号", Fault.LOST_DIGITS),
        ("B5", "名称", Fault.FORMULA),
    ]
    assert [row["code"] for row in table.rows] == ["", "", "", "3"]
    table.find(table.rows[0], "code", "", Fault.REQUIRED)
    assert len(table.findings) == 4, "of a cell that cannot be read nothing more is said"
    assert all(table.is_wrong(row) for row in table.rows)


def test_a_decimal_is_fine_where_no_zero_can_be_lost() -> None:
    assert cells(read(a_book(("1", 1.1)))) == [(2, {"code": "1", "title": "1.1"})]


def test_an_error_value_is_told() -> None:
    content = with_sheet(
        a_book(("1", "分数")).content(),
        before="</sheetData>",
        put='<row r="3"><c r="A3" t="str"><v>2</v></c><c r="B3" t="e"><f>1/0</f><v>#DIV/0!</v></c></row>',
    )
    assert told(read(content)) == [("B3", "名称", Fault.ERROR_VALUE)]


def test_merged_cells_are_told_for_each_row() -> None:
    rows = [("1", "分数", "小学"), ("2", "小数", ""), ("3", "圆", "")]
    table = read(Book({"甲": [HEADINGS, *rows]}, merged={"甲": ["C2:C3"]}))
    assert told(table) == [("C2", "学段", Fault.MERGED), ("C3", "学段", Fault.MERGED)]
    above = Book({"甲": [("标题",), HEADINGS, *rows]}, merged={"甲": ["A1:E1"]})
    assert len(read(above).rows) == 3, "a merged title above the headings hurts nobody"


def test_only_what_people_see_is_read_and_the_rest_is_said_aloud() -> None:
    rows = [HEADINGS, ("1", "分数")]
    assert len(read(Book({"说明": [("怎么填",)], "可选内容": [("小学",)], "甲": rows}, hidden=["可选内容"])).rows) == 1
    for book, faults in (
        (Book({"甲": rows, "乙": rows}), [Fault.SHEET_UNREAD]),
        (Book({"草稿": [("随便",)], "甲": rows}), [Fault.SHEET_UNREAD]),
        (Book({"甲": rows, "乙": rows}, hidden=["乙"]), [Fault.SHEET_HIDDEN]),
    ):
        table = read(book)
        assert [finding.fault for finding in table.findings] == faults
        assert all("“" in finding.message and "{" not in finding.message for finding in table.findings)


def test_what_is_no_table_says_why() -> None:
    encrypted = OLE + "EncryptedPackage".encode("utf-16-le")
    headless = BytesIO()
    with zipfile.ZipFile(headless, "w") as archive:
        archive.writestr("a.txt", "b")
    for content, refusal in (
        (b"\x00\x01\x02", NoTable),
        (b"\xff\xfe\xff", NoTable),
        (b"\xef", NoTable),
        (b"\xef\xbb", TableEmpty),
        (b"", TableEmpty),
        (csv_of(), TableEmpty),
        (a_book().content(), TableEmpty),
        (Book({"甲": []}).content(), TableEmpty),
        (encrypted, PasswordProtected),
        (OLE + bytes(600), OldWorkbook),
        (headless.getvalue(), Unreadable),
        (b"PK\x03\x04 no archive", Unreadable),
        (csv_of(*[("1", "分数")] * 6), TableTooLarge),
        (a_book(*[("1", "分数")] * 30).content(), TableTooLarge),
        (b"x" * (LAYOUT.most_bytes + 1), TableTooLarge),
    ):
        with pytest.raises(refusal) as refused:
            read(content)
        assert "{" not in str(refused.value)


def test_bombs_of_all_sorts_are_not_unfolded() -> None:
    content = a_book(("1", "分数")).content()
    for before, put, refusal in (
        ("</sheetData>", " " * (64 * 1024**2), UnfoldsTooFar),
        ("<worksheet", '<!DOCTYPE a [<!ENTITY b "bbbb">]>', UnfoldsTooFar),
        ("</sheetData>", '<row r="99999999999"><c r="A99999999999" t="str"><v>2</v></c></row>', Unreadable),
    ):
        with pytest.raises(refusal):
            read(with_sheet(content, before=before, put=put))


@pytest.mark.slow
def test_a_million_empty_rows_cost_their_reading_only() -> None:
    empty = "".join(f'<row r="{place}"><c r="A{place}" s="0"/></row>' for place in range(3, 1_000_001))
    assert len(read(with_sheet(a_book(("1", "分数")).content(), before="</sheetData>", put=empty)).rows) == 1


def test_words_of_any_language_are_read_and_others_told_with_what_may_be_written() -> None:
    spelled = (("小学", "3 年级"), ("junior", "初一"), ("Primary", "七年级"), ("幼", ""))
    table = read(csv_of(*(("1", "名称", *words) for words in spelled)))
    stages, grades = stage_words(), grade_words()
    codes = []
    for row in table.rows:
        stage = table.word(row, "stage", stages)
        codes.append((stage, table.word(row, "grade", grades, below=stage)))
    assert codes == [("primary", "primary-3"), ("junior", "junior-1"), ("primary", ""), ("", "")]
    assert told(table) == [("D4", "年级", Fault.OF_ANOTHER_STAGE), ("C5", "学段", Fault.NOT_IN_TABLE)]
    assert "三年级" in table.findings[0].message
    assert "七年级" not in table.findings[0].message.split("可填")[1]


@pytest.mark.parametrize(
    ("word", "meant"), [("是", True), ("ＮＯ", False), ("没有", False), ("", None), ("也许", None)]
)
def test_yes_and_no(word: str, meant: bool | None) -> None:
    table = read(csv_of(("1", "a", "", "", word)))
    assert table.yes(table.rows[0], "open") is meant
    assert bool(table.findings) == (word == "也许")


def test_all_that_is_wrong_is_refused_at_once_and_shown_short() -> None:
    table = read(csv_of(("1", "长" * 100), ("2", "")))
    table.refuse_wrong("表")
    table.find(table.rows[1], "title", "", Fault.REQUIRED)
    table.find(table.rows[0], "title", table.rows[0]["title"], Fault.TOO_LONG, most=3)
    with pytest.raises(CellsWrong, match=r"2 处需要修改.*第 2 行“名称”") as refused:
        table.refuse_wrong("表")
    assert [(one["field"], one["cell"], one["code"]) for one in refused.value.errors] == [
        ("2/名称", "B2", "too_long"),
        ("3/名称", "B3", "required"),
    ]
    assert len(refused.value.findings[0].value) == LONGEST_SHOWN
    many = CellsWrong("表", [refused.value.findings[0]] * (MOST_LISTED + 1))
    assert len(many.errors) == MOST_LISTED


texts = some.text(some.sampled_from([*"分数=+-@＝'\"，,;\n\t 　a9", "😀", "\x0b"]), max_size=6)


@given(rows=some.lists(some.tuples(texts, texts, texts), min_size=1, max_size=4))
def test_a_table_kept_as_text_is_read_as_it_was(rows: list[tuple[str, ...]]) -> None:
    for made in (csv_of(*rows, headings=HEADINGS[:3]), a_workbook(rows)):
        try:
            table = read(made)
        except TableEmpty:
            continue
        again = read_text(table.text(), name="表", layout=LAYOUT)
        assert (cells(again), told(again)) == (cells(table), told(table))


def a_workbook(rows: list[tuple[str, ...]]) -> bytes:
    file = BytesIO()
    write_xlsx(file, "表", HEADINGS[:3], [(), *rows])
    return file.getvalue()


@given(content=some.binary(max_size=200) | some.binary(max_size=200).map(lambda rest: b"PK\x03\x04" + rest))
def test_whatever_bytes_are_sent_are_judged(content: bytes) -> None:
    for sent in (content, "编号,名称\n".encode() + content):
        try:
            read(sent)
        except Unreadable:
            continue


@given(place=some.integers(0, 4000), byte=some.integers(0, 255))
def test_a_damaged_workbook_is_judged(place: int, byte: int) -> None:
    content = bytearray(a_book(*ROWS).content())
    content[place % len(content)] = byte
    try:
        read(bytes(content))
    except Unreadable:
        return
