"""Stable codes of contents on their way."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class CopyState(models.TextChoices):
    WANTED = "wanted", pgettext_lazy("content", "等待取回")
    ARRIVING = "arriving", pgettext_lazy("content", "正在取回")
    HERE = "here", pgettext_lazy("content", "已在本平台")
    FAILED = "failed", pgettext_lazy("content", "没有取到")


class Trouble(models.TextChoices):
    """Why a content is not here yet. All but the last three are tried again."""

    UNREACHABLE = "unreachable", _("连不上来源平台")
    REFUSED = "refused", _("来源平台没有应答这个请求")
    NOT_GIVEN = "not_given", _("来源平台没有这个文件，或不提供给本平台")
    NO_RANGES = "no_ranges", _("来源平台不能分段传送这么大的文件")
    WRONG_BYTES = "wrong_bytes", _("收到的内容与登记的不一致，已丢弃")
    NO_ROOM = "no_room", _("本平台存储空间不足")
    NO_SOURCE = "no_source", _("不知道从哪里取")
    TOO_LARGE = "too_large", _("超过本平台单个文件的上限")
    NOT_ACCEPTED = "not_accepted", _("不是本平台接收的文件类型")


FINAL = frozenset({Trouble.NO_SOURCE, Trouble.TOO_LARGE, Trouble.NOT_ACCEPTED})
