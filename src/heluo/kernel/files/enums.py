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
    COURSEWARE = "courseware", _("课件包")
    TEXT = "text", _("文本")
    WEBPAGE = "webpage", _("网页或矢量图")


class CoursewareKind(models.TextChoices):
    """What a courseware package is made to."""

    H5P = "h5p", _("H5P 互动课件")
    SCORM12 = "scorm12", _("SCORM 1.2 课件")
    SCORM2004 = "scorm2004", _("SCORM 2004 课件")
    CARTRIDGE = "cartridge", _("Common Cartridge 课程包")


class ItemKind(models.TextChoices):
    """What one can do with an item of a courseware package."""

    PAGE = "page", _("可以打开")
    LINK = "link", _("外部网页")
    HEADING = "heading", pgettext_lazy("courseware", "小标题")
    TEST = "test", _("测验")
    DISCUSSION = "discussion", _("讨论")
    OTHER = "other", _("其他工具")


PLAYABLE = frozenset({ItemKind.PAGE, ItemKind.LINK})


class Obstacle(models.TextChoices):
    """Why a sound courseware package cannot be played here."""

    NO_LIBRARIES = (
        "no_libraries",
        _("这个 H5P 文件里没有带齐运行所需的内容库：请在制作平台用“导出（含内容库）”重新导出"),
    )
    NOTHING_TO_OPEN = "nothing_to_open", _("这个课件包里没有能在浏览器里打开的内容")


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
    UNCONVERTED = "unconverted", _("没有预览（平台没有配置文档转换）")


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
