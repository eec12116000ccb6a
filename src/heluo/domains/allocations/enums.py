"""Stable codes of allocations. `Mark`, `FilesMode` and `Obstacle` also travel."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

KIND = "allocation"
ORDER, CANCEL, RECEIPT = "allocations.order", "allocations.cancel", "allocations.receipt"
"""Kinds of messages between nodes."""


class Mark(models.TextChoices):
    """How the node above wants its resources used."""

    RECOMMENDED = "recommended", _("推荐")
    REQUIRED = "required", _("必用")
    FEATURED = "featured", _("精选")


class FilesMode(models.TextChoices):
    """When the files follow."""

    ON_DEMAND = "on_demand", _("按需：有人要用时再取")
    AHEAD = "ahead", _("预先：收到后就取到本地")


class OrderState(models.TextChoices):
    DRAFT = "draft", pgettext_lazy("allocation", "草稿")
    ISSUED = "issued", pgettext_lazy("allocation", "已下达")
    ENDED = "ended", pgettext_lazy("allocation", "已到期")
    CANCELLED = "cancelled", pgettext_lazy("allocation", "已撤销")


class ReceivedState(models.TextChoices):
    ARRIVING = "arriving", pgettext_lazy("allocation", "正在接收")
    STANDING = "standing", pgettext_lazy("allocation", "有效")
    ENDED = "ended", pgettext_lazy("allocation", "已到期")
    CANCELLED = "cancelled", pgettext_lazy("allocation", "已撤销")


class ItemState(models.TextChoices):
    """What became of an item at the node that received it."""

    WAITING = "waiting", pgettext_lazy("allocation", "等待资源到达")
    APPLIED = "applied", pgettext_lazy("allocation", "已应用")
    REFUSED = "refused", pgettext_lazy("allocation", "超出限额")


class Deed(models.TextChoices):
    """What happened to an order, in its history."""

    STARTED = "started", _("新建")
    ISSUED = "issued", _("下达")
    CANCELLED = "cancelled", _("撤销")
    ENDED = "ended", _("到期")


class Obstacle(models.TextChoices):
    """Why a node has not everything."""

    MOST_ITEMS = "most_items", _("超出每个节点的资源数")
    MOST_BYTES = "most_bytes", _("超出每个节点的文件总量")
