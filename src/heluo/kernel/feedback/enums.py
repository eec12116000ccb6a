"""Stable codes of feedback."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class CommentState(models.TextChoices):
    PENDING = "pending", pgettext_lazy("comment", "待审核")
    SHOWN = "shown", _("已显示")
    HIDDEN = "hidden", _("已隐藏")
    TAKEN_BACK = "taken_back", _("已撤回")


class UseKind(models.TextChoices):
    VIEW = "view", _("浏览")
    DOWNLOAD = "download", _("下载")
    FINISH = "finish", _("看完")
    COLLECT = "collect", _("收入资源集")


class ReportReason(models.TextChoices):
    """Why a reader finds a comment unfit."""

    ABUSE = "abuse", _("辱骂或攻击他人")
    PRIVACY = "privacy", _("泄露他人信息")
    ADVERT = "advert", _("广告或垃圾信息")
    OFF_TOPIC = "off_topic", _("与内容无关")
    OTHER = "other", _("其他不当内容")
