"""Stable codes of how far somebody is with an item of a package."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Completion(models.TextChoices):
    """After SCORM 2004 (`cmi.completion_status`)."""

    NOT_ATTEMPTED = "not_attempted", _("还没有打开")
    INCOMPLETE = "incomplete", _("学习中")
    COMPLETED = "completed", pgettext_lazy("courseware", "已学完")


class Success(models.TextChoices):
    """After SCORM 2004 (`cmi.success_status`)."""

    UNKNOWN = "unknown", _("没有评判")
    PASSED = "passed", pgettext_lazy("courseware", "通过")
    FAILED = "failed", pgettext_lazy("courseware", "未通过")
