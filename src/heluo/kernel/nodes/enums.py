"""Stable codes of nodes and of what goes wrong between them. `Fault` also travels: it is the `code` of a refusal."""

from enum import StrEnum

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Tier(models.TextChoices):
    """Whose node it is."""

    PROVINCE = "province", _("省级")
    CITY = "city", _("市级")
    COUNTY = "county", _("县级")
    SCHOOL = "school", _("校级")


class Standing(models.TextChoices):
    """What a node is to us."""

    REQUESTED = "requested", pgettext_lazy("node", "等待对方批准")
    ACTIVE = "active", pgettext_lazy("node", "已接入")
    REFUSED = "refused", pgettext_lazy("node", "对方未批准")
    ENDED = "ended", pgettext_lazy("node", "已停止往来")


class RequestState(models.TextChoices):
    WAITING = "waiting", pgettext_lazy("node", "等待批准")
    APPROVED = "approved", pgettext_lazy("node", "已批准")
    REFUSED = "refused", pgettext_lazy("node", "未批准")


class IncomingState(models.TextChoices):
    APPLIED = "applied", pgettext_lazy("node", "已处理")
    TROUBLE = "trouble", pgettext_lazy("node", "没有处理成功")


class Fault(models.TextChoices):
    """Why an envelope or a message was not taken, or a node could not be asked."""

    MALFORMED = "malformed", _("内容不合格式")
    TOO_LARGE = "too_large", _("内容过大")
    TOO_OFTEN = "too_often", _("请求过于频繁")
    UNKNOWN_NODE = "unknown_node", _("不认识的节点")
    UNKNOWN_KEY = "unknown_key", _("不认识的密钥")
    REVOKED_KEY = "revoked_key", _("密钥已吊销")
    FORGED = "forged", _("签名不对")
    WRONG_AUDIENCE = "wrong_audience", _("不是写给本节点的")
    CLOCK_SKEWED = "clock_skewed", _("两个节点的时钟相差超过 10 分钟")
    SEQUENCE_REUSED = "sequence_reused", _("序号已用过，可能是从旧备份恢复的节点")
    MESSAGES_LOST = "messages_lost", _("有消息在本节点丢失，对方不再保留")
    UNREACHABLE = "unreachable", _("连不上对方")
    NO_NODE = "no_node", _("对方的回答不是节点的回答")


class TokenType(StrEnum):
    """What a signed text is for, in its header: one kind never passes for another."""

    CARD = "heluo-card+jwt"
    ENVELOPE = "heluo-envelope+jwt"
    MESSAGE = "heluo-message+jwt"
    KEY = "heluo-key+jwt"
    ASKING = "heluo-asking+jwt"
    STATEMENT = "heluo-statement+jwt"
    PACKAGE = "heluo-package+jwt"
