"""What can be wrong with a table, as sentences: what it is, and what would be right."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class CellFault(models.TextChoices):
    """Why the content of a cell cannot be trusted, whatever it means."""

    LOST_DIGITS = "lost_digits", _("号码存成了数值，Excel 已丢失最后几位")
    FORMULA = "formula", _("是公式，文件里没有保存它的结果")
    ERROR_VALUE = "error_value", _("公式结果是错误值")
    MERGED = "merged", _("落在合并单元格里，无法判断属于哪一行")


class Fault(models.TextChoices):
    """What any table can have wrong; `{…}` come with the finding. Apps have faults of their own beside these."""

    HEADER_MISSING = "header_missing", _("缺少这一列，请从导出的文件或模板里补上")
    HEADER_UNKNOWN = "header_unknown", _("不认识这一列，请删去或改成模板里的列名")
    HEADER_TWICE = "header_twice", _("这一列出现了两次，请只留一列")
    OUTSIDE = "outside", _("这一格上面没有表头，请补上表头或清空；CSV 文件请检查这一行的逗号和引号")
    SHEET_HIDDEN = "sheet_hidden", _("工作表“{sheet}”是隐藏的，看不见的内容不读入：请取消隐藏，或删去它")
    SHEET_UNREAD = "sheet_unread", _("一个文件只读一张表，工作表“{sheet}”不会读入：请并成一张，或删去它")
    LOST_DIGITS = "lost_digits", _("存成了数值，最后几位已丢失：请把这一列设为“文本”，再重新填写")
    NUMBER_CELL = "number_cell", _("存成了数值，1.10 会变成 1.1：请把这一列设为“文本”，再重新填写")
    FORMULA = "formula", _("是公式，文件里没有保存它的结果：请复制这一列，选择性粘贴为“数值”")
    ERROR_VALUE = "error_value", _("公式结果是错误值：请改正公式，或直接填写内容")
    MERGED = "merged", _("落在合并单元格里，无法判断属于哪一行：请取消合并，每行各自填写")
    REQUIRED = "required", _("必填，这里是空的")
    TOO_LONG = "too_long", _("太长，最多 {most} 个字")
    NOT_IN_TABLE = "not_in_table", _("不在可填的范围内，可填：{known}")
    OF_ANOTHER_STAGE = "of_another_stage", _("不属于这一行所填的学段，可填：{known}")
    YES_OR_NO = "yes_or_no", _("请填“是”或“否”")
    NOT_A_DAY = "not_a_day", _("不是一个日期，请写成 2027-08-31")
