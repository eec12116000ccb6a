"""The Excel template, and workbooks in general as the platform writes them: nothing in them runs."""

# ruff: noqa: E501  # what people read stays on one line each

from collections.abc import Iterable, Mapping
from io import BytesIO
from typing import Any

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from heluo.domains.rosters.enums import RowKind
from heluo.domains.rosters.queries.layout import (
    COLUMNS,
    LISTS,
    NO,
    NOTES,
    RELATIONS,
    SEXES,
    SHEETS,
    YES,
    Column,
    grades,
)
from heluo.kernel.organisations.enums import Stage

LAST_ROW = 1_048_575
LISTED_ROWS = 20_000
"""Rows that get drop-down lists; more make the file slow to open."""
HEADING = {"bold": True, "bg_color": "#0F6B66", "font_color": "#FFFFFF", "border": 1, "text_wrap": True}
EXAMPLE = {"font_color": "#8A8F98", "italic": True, "num_format": "@"}
TEXT = {"num_format": "@"}
NOTE_LINES = (
    "填写说明",
    "1. 每张工作表一类内容：班级、教师、学生、监护人、任课。用不到的工作表可以留空，留空的类别不会有任何变化。",
    "2. 表头带 * 的列必填。不要改表头的名称；列的顺序可以调换。",
    "3. 灰色的示例行不会导入，可以保留，也可以删去。",
    "4. 各列已设为“文本”格式，号码请完整填写；从别处粘贴时选“只粘贴值”。",
    "5. 日期写成 2016-09-01；年级写成 三年级、七年级、高一；班号只写数字。",
    "6. 学生的身份证号和学籍号至少填一个；教师的身份证号和手机号至少填一个；它们用来认出同一个人，在平台里加密保存。",
    "7. 某一类只要填写，就请填写完整：学校里有、名册里没有的学生和教师会被结束登记（不会删除），结束很多人时会请您再确认。",
    "8. 监护人每行对应一名学生；同一位监护人有几个孩子就写几行。",
    "9. 任课每行对应一个班的一门课；“班主任”填 是 或 否，只当班主任不任课时学科留空。",
    "10. 一个文件里有几所学校时，每行都要填学校标识码（10 位）；只有本校时可以不填。",
    "11. 名册里没有密码。导入后在“激活码”里按班打印，每人凭激活码自己设置密码。",
)


def template_file(*, stages: Iterable[Stage], subjects: Iterable[str]) -> bytes:
    """The template for a school of these stages: a sheet for each kind, one with notes, one hidden with lists."""
    content = BytesIO()
    with xlsxwriter.Workbook(content, SAFE) as book:
        lists = {
            "sex": list(SEXES),
            "grade": [name for name, (stage, _year) in grades().items() if stage in set(stages)],
            "subject": list(subjects),
            "relation": list(RELATIONS),
            "yes": [YES, NO],
        }
        notes = book.add_worksheet(NOTES)
        notes.set_column(0, 0, 110, book.add_format({"text_wrap": True, "valign": "top"}))
        title = book.add_format({"bold": True, "font_size": 14})
        for place, line in enumerate(NOTE_LINES):
            look = title if place == 0 else None
            notes.write_string(place, 0, line, look)
        sheets = {kind: book.add_worksheet(title) for kind, title in SHEETS.items()}
        ranges = _write_lists(book.add_worksheet(LISTS), lists)
        for kind, sheet in sheets.items():
            _write_sheet(book, sheet, COLUMNS[kind], ranges)
        sheets[RowKind.PUPIL].activate()
    return content.getvalue()


SAFE: Mapping[str, Any] = {
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "in_memory": True,
}
"""What people wrote stays text: `=`, `+`, `-` and `@` begin no formula, an address is no link."""


def _write_lists(sheet: Worksheet, lists: Mapping[str, list[str]]) -> dict[str, str]:
    """The lists on their hidden sheet; name → range."""
    ranges = {}
    for place, (name, values) in enumerate(lists.items()):
        for row, value in enumerate(values):
            sheet.write_string(row, place, value)
        letter = chr(ord("A") + place)
        ranges[name] = f"='{LISTS}'!${letter}$1:${letter}${max(len(values), 1)}"
    sheet.hide()
    return ranges


def _write_sheet(book: Workbook, sheet: Worksheet, columns: tuple[Column, ...], ranges: Mapping[str, str]) -> None:
    heading, example, text = book.add_format(HEADING), book.add_format(EXAMPLE), book.add_format(TEXT)
    sheet.freeze_panes(1, 0)
    sheet.set_row(0, 24)
    for place, column in enumerate(columns):
        sheet.set_column(place, place, column.width, text)
        write_heading(sheet, 0, place, column, heading)
        if column.example:
            sheet.write_string(1, place, column.example, example)
        if column.note:
            sheet.write_comment(0, place, column.note, {"author": ""})
        if column.choices:
            sheet.data_validation(
                1,
                place,
                LISTED_ROWS,
                place,
                {
                    "validate": "list",
                    "source": ranges[column.choices],
                    "error_type": "warning" if column.choices == "relation" else "stop",
                    "error_title": column.title,
                    "error_message": "请从列表里选择。",
                },
            )


def write_heading(sheet: Worksheet, row: int, place: int, column: Column, look: Format) -> None:
    """A heading as the template writes it: a star where the column must be filled."""
    sheet.write_string(row, place, column.title + (" *" if column.is_required else ""), look)
