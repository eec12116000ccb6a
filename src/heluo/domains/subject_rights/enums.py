"""Stable codes of requests."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class RequestKind(models.TextChoices):
    CORRECTION = "correction", _("更正")
    ERASURE = "erasure", pgettext_lazy("request", "删除")


class RequestState(models.TextChoices):
    OPEN = "open", _("等待答复")
    GRANTED = "granted", _("已办理")
    REFUSED = "refused", _("未同意")
    WITHDRAWN = "withdrawn", pgettext_lazy("request", "已撤回")


class StepKind(models.TextChoices):
    """What happened to a request."""

    ASKED = "asked", _("提出申请")
    GRANTED = "granted", _("办理完成")
    REFUSED = "refused", pgettext_lazy("step", "不同意")
    PASSED_UP = "passed_up", _("转上级单位办理")
    OBJECTED = "objected", _("提出异议，由上级单位复核")
    WITHDRAWN = "withdrawn", _("撤回申请")
