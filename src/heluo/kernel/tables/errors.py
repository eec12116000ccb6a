"""Typed refusals: why a file cannot be read at all, and that cells of it are wrong."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from heluo.kernel.actors.errors import Invalid

MOST_LISTED = 200
"""Wrong cells that one answer lists; the message says how many there are."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One wrong cell: its row as a spreadsheet numbers it, its column by the heading, what was read, what is wrong."""

    row: int
    column: str
    value: str
    fault: TextChoices
    details: Mapping[str, object] = field(default_factory=dict)
    letter: str = ""
    """The letter of the column, where there is such a column."""

    def __str__(self) -> str:
        return str(self.fault.label).format(**self.details)

    @property
    def message(self) -> str:
        return str(self)

    @property
    def cell(self) -> str:
        """Where a spreadsheet shows it: `C7`."""
        return f"{self.letter}{self.row}" if self.letter else ""


class CellsWrong(Invalid):
    """Cells of a file are wrong: `findings` says each; nothing was written."""

    code = "cells_wrong"
    message = _("“{name}”里有 {count} 处需要修改，什么也没有写入。第一处在第 {row} 行“{column}”：{problem}")

    def __init__(self, name: str, findings: Sequence[Finding]) -> None:
        first = findings[0]
        super().__init__(
            field="file", name=name, count=len(findings), row=first.row, column=first.column, problem=first
        )
        self.findings = findings
        self.errors = [
            {"field": f"{one.row}/{one.column}", "cell": one.cell, "detail": one.message, "code": str(one.fault.value)}
            for one in findings[:MOST_LISTED]
        ]


class Unreadable(Invalid):
    """The file as a whole cannot be taken. Subclasses say why."""

    code = "unreadable"
    message = _("这个文件打不开，可能已损坏。请在 Excel 或 WPS 里打开后另存为 .xlsx 再上传。")


class PasswordProtected(Unreadable):
    code = "password_protected"
    message = _("这个文件设有打开密码，平台读不了。请在 Excel 或 WPS 里取消密码，另存后再上传。")


class OldWorkbook(Unreadable):
    code = "old_workbook"
    message = _("这是旧的 .xls 格式。请在 Excel 或 WPS 里另存为 .xlsx 再上传。")


class UnfoldsTooFar(Unreadable):
    """A zip bomb, or something that behaves like one."""

    code = "unfolds_too_far"
    message = _("这个文件解压后过大，或结构异常，已停止读取。请把内容复制到新的模板里再上传。")


class NoTable(Unreadable):
    code = "no_table"
    message = _("“{name}”不是能识别的表格：请存成 Excel 工作簿（.xlsx），或用 UTF-8、GBK 编码存成 CSV 再上传。")


class TableTooLarge(Unreadable):
    code = "table_too_large"
    message = _("文件太大：一次最多 {megabytes} MB、{rows} 行。请分几个文件上传。")


class TableEmpty(Unreadable):
    code = "table_empty"
    message = _("“{name}”里除了表头没有别的行。")
