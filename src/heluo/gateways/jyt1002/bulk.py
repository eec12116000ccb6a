"""The package: a ZIP with a CSV file for each subclass, the same as a workbook, the dictionary, and what is missing.

Files are for machines and people both: nothing in them runs as a formula (`kernel/pages/sheets`). Everything is
Chinese, whatever language whoever ordered it reads: the standard is.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from shutil import copyfileobj
from tempfile import TemporaryFile
from typing import IO
from zipfile import ZIP_DEFLATED, ZipFile

from django.db import connection, transaction
from django.utils.translation import override

from heluo.gateways.jyt1002.queries import RECORDS, Record, View
from heluo.gateways.jyt1002.tables import LINK, NOT_TOLD, SUBCLASSES, UNKNOWN, Field, fields_of
from heluo.kernel.pages.sheets import Book, CsvTable, Sheet, csv_table, text_of, workbook

DICTIONARY, REPORT, NOTES, WORKBOOK = "数据字典", "缺项报告", "说明", "JYT1002.xlsx"
DICTIONARY_TITLES = ("子类", "子类名称", "字段代码", "编号", "字段名称", "长度", "必填", "代码集", "来源")
REPORT_TITLES = ("子类", "学校代码", "记录", "字段代码", "字段名称", "问题")
REQUIRED = {"yes": "是", "no": "否", LINK: "关联列", UNKNOWN: "未取得"}
NOT_HELD = "本平台没有这一项，各记录均为空"
NOT_READ = "扩展字段，编号、长度和是否必填没有取得"
SUBCLASS_NOT_HELD = "本平台没有这一子类的数据，没有导出"
MISSING, TOO_LONG = "必填，未填", "超过长度，原样导出"
ALL = "全部记录"
KEYS = ("XH", "RYH", "BH", "XXDM")
"""Columns by which a record is named in the report, the nearest first; never a name or an identity number."""


@dataclass(slots=True)
class Figures:
    """How many records a package holds, and how many values need mending."""

    records: int = 0
    problems: int = 0


@dataclass(slots=True)
class _Report:
    table: CsvTable
    sheet: Sheet
    figures: Figures = field(default_factory=Figures)

    def add(self, *line: object) -> None:
        self.table.add(line)
        self.sheet.add(line)

    def check(self, subclass: str, record: Record) -> None:
        """Note what a record lacks of what we hold, and what is too long for the standard."""
        self.figures.records += 1
        for one in fields_of(subclass):
            text = text_of(record.get(one.code))
            if not text:
                problem = MISSING if one.is_needed and one.filled else ""
            else:
                problem = TOO_LONG if one.length and len(text) > one.length else ""
            if problem:
                self.figures.problems += 1
                name = next((text_of(record[key]) for key in KEYS if record.get(key)), "")
                self.add(subclass, record.get("XXDM"), name, one.code, one.name, problem)


def write_package(
    view: View, target: IO[bytes], *, organisation: str, in_clear: bool, snapshot: Callable[[], None] | None = None
) -> Figures:
    """Write everything below an organisation, all of it as it stood at one instant. Needs no open transaction."""
    with (
        transaction.atomic(),
        override("zh-hans"),
        ZipFile(target, "w", ZIP_DEFLATED) as archive,
        TemporaryFile() as book_file,
        TemporaryFile() as report_file,
    ):
        (snapshot or one_instant)()
        with workbook(book_file) as book:
            figures = _write(view, archive, book, report_file, _notes(organisation, view.today, in_clear=in_clear))
        report_file.seek(0)
        book_file.seek(0)
        with archive.open(f"{REPORT}.csv", "w", force_zip64=True) as member:
            copyfileobj(report_file, member)
        with archive.open(WORKBOOK, "w", force_zip64=True) as member:
            copyfileobj(book_file, member)
    return figures


def one_instant() -> None:
    """Have this transaction see the register as it stands now, to its end."""
    with connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")


def _write(view: View, archive: ZipFile, book: Book, report_file: IO[bytes], notes: list[str]) -> Figures:
    archive.writestr(f"{NOTES}.txt", "\ufeff" + "\r\n".join(notes) + "\r\n")
    first = book.sheet(NOTES, (notes[0],))
    for line in notes[1:]:
        first.add((line,))
    dictionary = book.sheet(DICTIONARY, DICTIONARY_TITLES)
    with _member(archive, DICTIONARY, DICTIONARY_TITLES) as table:
        for described in dictionary_lines():
            table.add(described)
            dictionary.add(described)
    with csv_table(report_file, REPORT_TITLES) as table:
        report = _Report(table, book.sheet(REPORT, REPORT_TITLES))
        for subclass in SUBCLASSES:
            for one in fields_of(subclass):
                if gap := _gap(one):
                    report.add(subclass, "", ALL, one.code, one.name, gap)
            _write_subclass(view, archive, book, subclass, report)
        for subclass, title in NOT_TOLD.items():
            report.add(subclass, "", ALL, "", title, SUBCLASS_NOT_HELD)
    return report.figures


def _gap(one: Field) -> str:
    """What is wrong with a field in every record alike; empty where nothing is."""
    if one.required == UNKNOWN:
        return NOT_READ if one.filled else f"{NOT_READ}；{NOT_HELD}"
    return f"必填，{NOT_HELD}" if one.is_needed and not one.filled else ""


def _write_subclass(view: View, archive: ZipFile, book: Book, subclass: str, report: _Report) -> None:
    codes = [one.code for one in fields_of(subclass)]
    sheet = book.sheet(subclass, codes)
    with _member(archive, subclass, codes) as table:
        for record in RECORDS[subclass](view):
            # Codes and numbers are names, not amounts: 01 stays 01.
            line = [text_of(record.get(code)) for code in codes]
            table.add(line)
            sheet.add(line)
            report.check(subclass, record)


@contextmanager
def _member(archive: ZipFile, name: str, titles: Sequence[str]) -> Iterator[CsvTable]:
    with archive.open(f"{name}.csv", "w", force_zip64=True) as raw, csv_table(raw, titles) as table:
        yield table


def dictionary_lines() -> Iterator[tuple[object, ...]]:
    """A line for each field of each subclass."""
    for subclass, title in SUBCLASSES.items():
        for one in fields_of(subclass):
            yield subclass, title, *_described(one)


def _described(one: Field) -> tuple[object, ...]:
    length = "" if one.length is None else one.length
    return one.code, one.number, one.name, length, REQUIRED[one.required], one.codes, one.filled or NOT_HELD


def _notes(organisation: str, today: date, *, in_clear: bool) -> list[str]:
    told = "、".join(f"{subclass}（{title}）" for subclass, title in SUBCLASSES.items())
    not_told = "、".join(f"{subclass}（{title}）" for subclass, title in NOT_TOLD.items())
    return [
        "JY/T 1002-2012《教育管理基础信息》字段格式的数据包",
        f"单位：{organisation}及下属单位；数据截至 {today:%Y-%m-%d}。",
        f"包含的子类：{told}。",
        f"本平台没有数据的子类：{not_told}。",
        "字段代码、长度和必填项读自按标准生成的建表脚本，代码集见平台的“代码表”，都没有与发布文本逐字核对：以发布文本为准。",
        "只对应 2012 版；JY/T 0633-2022 的数据项没有取得，没有对应。",
        "XXDM、XH 在班级、人员、学生各子类里是为了对上学校和学生而附加的关联列，数据字典里标为“关联列”。",
        "学号、工号、人员号填平台号；班号由入学年、任课学段码、班号相连，本平台自编。学籍号在这些子类里没有字段，不导出。",
        "标准的年级代码只有小学、且含“及以上”，年级改填名称。就读方式、学生来源等代码集没有取得，不填。",
        f"身份证件号为{'原文，请按规定保管，用后删除' if in_clear else '脱敏形式'}。",
        "年月写作 YYYYMM，日期写作 YYYYMMDD。CSV 为 UTF-8（带 BOM）。",
        "CSV 里以 = + - @ 等开头的文字前加了一个半角单引号，防止表格软件当作公式执行；读入时去掉这一个单引号即为原文。",
        "学校基本数据的中小学扩展字段只取得代码和名称；办别、城乡类型按登记填写，其余本平台没有。",
        f"没有的内容留空。必填而没有的，逐条列在“{REPORT}”里；本平台没有的字段和子类在其中各列一次。",
    ]
