"""Stable codes of offline packages."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class PackageState(models.TextChoices):
    WRITING = "writing", pgettext_lazy("offline package", "没有写完")
    WRITTEN = "written", pgettext_lazy("offline package", "已写好")
    DROPPED = "dropped", pgettext_lazy("offline package", "已放弃")
    APPLYING = "applying", pgettext_lazy("offline package", "没有导入完")
    APPLIED = "applied", _("已导入")
