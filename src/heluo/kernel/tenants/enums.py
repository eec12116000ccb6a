"""Stable codes for virtual platforms."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from heluo.kernel.pages.enums import Tone


class TenantState(models.TextChoices):
    ACTIVE = "active", pgettext_lazy("virtual platform", "开放中")
    SUSPENDED = "suspended", pgettext_lazy("virtual platform", "已暂停")
    MOVED = "moved", _("已迁出")


TONES = {
    TenantState.ACTIVE: Tone.SUCCESS,
    TenantState.SUSPENDED: Tone.WAITING,
    TenantState.MOVED: Tone.NEUTRAL,
}
