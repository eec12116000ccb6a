"""Stable codes of the textbook tree, with the names people read. Stages and grades are those of the register."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

SUBJECTS = "subject"
"""Key of the code set 中小学课程 (JY/T 1001)."""
CHAPTER_FACET, POINT_FACET = "chapter", "knowledge_point"
"""Keys of the catalogue facets under which things hang on the tree; their values are the uuids of nodes.

Whatever hangs on a chapter carries the chapters above it and the textbook as well, so that asking for one of them
finds what is below it.
"""


class NodeKind(models.TextChoices):
    """What a row of a file tells of."""

    TEXTBOOK = "textbook", _("教材")
    CHAPTER = "chapter", _("章节")
    POINT = "knowledge_point", _("知识点")


class Change(models.TextChoices):
    """What an import does to a node."""

    NEW = "new", _("新增")
    CHANGED = "changed", _("变更")
    WITHDRAWN = "withdrawn", pgettext_lazy("change", "停用")
    UNCHANGED = "unchanged", _("无变化")


class Fault(models.TextChoices):
    """What can be wrong with a cell of the tree, beside what any table can have wrong."""

    NOT_HERE = "not_here", _("“{kind}”这类行不填这一列，请清空")
    NUMBER = "number", _("应为用点隔开的 1 到 999，最多四层，例如 1 或 1.2")
    CODE = "code", _("应为字母、数字、点或短横，最多 40 个，例如 SX3-01")
    POSITION = "position", _("应为 0 到 9999 的整数")
    NO_TEXTBOOK = "no_textbook", _("文件里没有这本教材的“教材”行，请先写教材，再写章节")
    NO_CHAPTER_ABOVE = "no_chapter_above", _("文件里这本教材没有上一级 {number}，请补上或改正编号")
    NO_POINT = "no_point", _("这个学段学科没有编号为 {code} 的知识点，请补上“知识点”行或改正编号")
    TOO_MANY_POINTS = "too_many_points", _("一个章节最多 {most} 个知识点")
    POINT_ABOVE_ITSELF = "point_above_itself", _("上级知识点绕回了自己，请改正上级编号")
    TWICE = "twice", _("与第 {row} 行重复；电子表格会把 1.10 存成 1.1，请把这一列设为文本")
