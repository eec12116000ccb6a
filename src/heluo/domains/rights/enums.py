"""Stable codes of rights. `Deed`, `Outcome` and `Ground` also travel between nodes."""

from enum import StrEnum

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class MessageKind(StrEnum):
    """What nodes tell each other about rights, and the signed text that orders travel in."""

    TAKEDOWN = "rights.takedown"
    RESTORED = "rights.restored"
    RECEIPT = "rights.receipt"
    COMPLAINT = "rights.complaint"
    USAGE = "rights.usage"
    ORDER = "rights.order"


class Deed(models.TextChoices):
    """What a node orders about a work of its own."""

    TAKEDOWN = "takedown", _("下架")
    RESTORED = "restored", pgettext_lazy("takedown", "恢复")


class Outcome(models.TextChoices):
    """What another node did with an order."""

    SENT = "sent", _("已发出，等待回执")
    APPLIED = "applied", _("已执行")
    NOT_THERE = "not_there", _("那里没有这个作品")


class Ground(models.TextChoices):
    """What right a complaint is about."""

    COPYRIGHT = "copyright", _("著作权")
    PERFORMANCE = "performance", _("表演者、录音录像制作者的权利")
    PORTRAIT = "portrait", _("肖像或姓名")
    LICENCE = "licence", _("没有遵守许可（例如没有署名）")
    OTHER = "other", _("其他权利")


class ComplaintState(models.TextChoices):
    """Where a complaint stands."""

    OPEN = "open", pgettext_lazy("complaint", "办理中")
    FORWARDED = "forwarded", _("已转来源节点")
    UPHELD = "upheld", _("成立，已下架")
    REJECTED = "rejected", pgettext_lazy("complaint", "不成立")
    DISMISSED = "dismissed", _("材料不齐，未受理")
    RESTORED = "restored", _("申诉成立，已恢复")


class EventKind(models.TextChoices):
    """What the ledger of rights says of a work."""

    PUBLISHED = "published", _("发布")
    WITHDRAWN = "withdrawn", _("撤下")
    DERIVED = "derived", _("被改编")
    ADOPTED = "adopted", _("收入资源集")
    DOWNLOADED = "downloaded", pgettext_lazy("ledger", "下载")
    PURCHASED = "purchased", _("购买")
    COMPLAINED = "complained", pgettext_lazy("ledger", "投诉")
    TAKEDOWN = "takedown", _("责令下架")
    RESTORED = "restored", _("撤销下架")


class LedgerFault(models.TextChoices):
    """What the verification of the ledger found wrong first."""

    CHANGED = "changed", _("第 {number} 条权利事件与审计链中的不一致，已被改动")
    MISSING = "missing", _("审计链中第 {number} 行记下的权利事件少了")
    UNPROVEN = "unproven", _("第 {number} 条权利事件在审计链中没有对应的记录")


class CodeKind(models.TextChoices):
    """What a fingerprint was made of."""

    TEXT = "text", pgettext_lazy("fingerprint", "文字")
    IMAGE = "image", pgettext_lazy("fingerprint", "画面")
