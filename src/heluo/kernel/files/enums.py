"""Stable codes for what a file is and how far its checks are."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class FileKind(models.TextChoices):
    """What a file is for a reader. Which formats belong to a kind is data in `kinds.py`."""

    VIDEO = "video", _("视频")
    AUDIO = "audio", _("音频")
    IMAGE = "image", _("图片")
    PDF = "pdf", _("PDF 文档")
    OFFICE = "office", _("办公文档")
    PACKAGE = "package", _("压缩包")
    TEXT = "text", _("文本")
    WEBPAGE = "webpage", _("网页或矢量图")


class ScanState(models.TextChoices):
    """What the virus scanner said."""

    PENDING = "pending", _("正在查毒")
    CLEAN = "clean", _("已查毒，未发现问题")
    INFECTED = "infected", _("发现病毒，已隔离")
    UNSCANNED = "unscanned", _("未查毒（平台没有配置查毒服务）")


READABLE_STATES = frozenset({ScanState.CLEAN, ScanState.UNSCANNED})
"""Only a file in one of these may be opened, downloaded or published."""


class PreviewState(models.TextChoices):
    PENDING = "pending", _("正在生成预览")
    READY = "ready", _("预览已生成")
    NONE = "none", _("此类文件没有预览")
    FAILED = "failed", _("预览未能生成")


class PreviewRole(models.TextChoices):
    THUMBNAIL = "thumbnail", _("缩略图")
    LARGE = "large", _("大图")
    PAGE = "page", pgettext_lazy("rendering", "页面")


class OrderState(models.TextChoices):
    """How far an ordered file is."""

    WAITING = "waiting", _("等待生成")
    READY = "ready", _("可以下载")
    FAILED = "failed", _("没有生成")
    EXPIRED = "expired", _("已过期删除")
