"""Typed refusals of the textbook tree. `NotFound` of the kernel also stands for "withdrawn" where only use counts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext_lazy as _

from heluo.domains.textbooks.enums import Fault
from heluo.kernel.actors.errors import Invalid, Refusal

MOST_LISTED = 200
"""Wrong cells that one answer lists; the message says how many there are."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One wrong cell: its row as a spreadsheet numbers it, its column by the heading, what was read, what is wrong."""

    row: int
    column: str
    value: str
    fault: Fault
    details: Mapping[str, object] = field(default_factory=dict)

    @property
    def message(self) -> str:
        return str(self.fault.label).format(**self.details)


class TextUnreadable(Invalid):
    code = "text_unreadable"
    message = _("“{name}”不是能识别的文本：请用 UTF-8 或 GBK 编码存成 CSV 再上传。")


class FileTooLarge(Invalid):
    code = "file_too_large"
    message = _("文件太大：一次最多 {megabytes} MB、{rows} 行。请分几个文件导入。")


class FileEmpty(Invalid):
    code = "file_empty"
    message = _("“{name}”里除了表头没有别的行。")


class CellsWrong(Invalid):
    """Cells of a file are wrong: `findings` says each; nothing was written."""

    code = "cells_wrong"
    message = _("“{name}”里有 {count} 处需要修改，什么也没有写入。第一处在第 {row} 行“{column}”：{problem}")

    def __init__(self, name: str, findings: Sequence[Finding]) -> None:
        first = findings[0]
        super().__init__(
            field="file", name=name, count=len(findings), row=first.row, column=first.column, problem=first.message
        )
        self.findings = findings
        self.errors = [
            {"field": f"{one.row}/{one.column}", "detail": one.message, "code": one.fault.value}
            for one in findings[:MOST_LISTED]
        ]


class NothingToImport(Refusal):
    code = "nothing_to_import"
    message = _("这个文件已经导入或放弃了，请重新上传。")


class TreeMoved(Refusal):
    code = "tree_moved"
    message = _("核对之后目录已有变化，下面是现在会发生的改动，请再看一遍后确认。")


class UnknownNode(Invalid):
    code = "unknown_node"
    message = _("所选的{kind}不存在或已停用，请从目录里重新选择。")
