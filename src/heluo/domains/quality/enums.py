"""Stable codes of data quality."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Dimension(models.TextChoices):
    """What a rule is about (the usual dimensions of data quality: complete, unique, consistent, timely, valid)."""

    COMPLETENESS = "completeness", _("完整性")
    VALIDITY = "validity", _("规范性")
    UNIQUENESS = "uniqueness", _("唯一性")
    CONSISTENCY = "consistency", _("一致性")
    TIMELINESS = "timeliness", _("及时性")


class Dataset(models.TextChoices):
    """What a rule looks at, one row each."""

    PUPILS = "pupils", pgettext_lazy("dataset", "学生")
    TEACHERS = "teachers", pgettext_lazy("dataset", "教师")
    CLASSES = "classes", pgettext_lazy("dataset", "班级")
    SCHOOLS = "schools", pgettext_lazy("dataset", "学校")


class Check(models.TextChoices):
    """How a rule looks: what the field of a row must be."""

    PRESENT = "present", _("必须填写")
    TRUE = "true", _("必须成立")
    IN_CODE_TABLE = "in_code_table", _("必须在代码表内")
    BETWEEN = "between", _("必须在范围内")
    NOT_REPEATED = "not_repeated", _("不得重复")
    YOUNGER_THAN = "younger_than", _("不得过期")


class TicketState(models.TextChoices):
    """A ticket is open until the violations are gone; a school may explain, and its superior accept that."""

    OPEN = "open", _("待整改")
    EXPLAINED = "explained", _("已说明，待确认")
    EXCUSED = "excused", _("已确认无需整改")
    SETTLED = "settled", _("已解决")


class NoteKind(models.TextChoices):
    """What happened to a ticket."""

    OPENED = "opened", _("派发整改单")
    GREW = "grew", _("发现新的问题")
    EXPLAINED = "explained", _("说明无法整改的原因")
    EXCUSED = "excused", _("确认无需整改")
    REFUSED = "refused", _("说明未被接受，继续整改")
    CHECKED = "checked", _("重新检查")
    SETTLED = "settled", _("全部解决")


class RunState(models.TextChoices):
    WAITING = "waiting", pgettext_lazy("run", "等待检查")
    RUNNING = "running", pgettext_lazy("run", "正在检查")
    DONE = "done", pgettext_lazy("run", "检查完成")
    FAILED = "failed", pgettext_lazy("run", "检查中断")


ALL = "all"
"""In place of a dimension: the score over all of them."""
