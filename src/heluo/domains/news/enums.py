"""Stable codes for news."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from heluo.kernel.pages.enums import Tone


class NewsState(models.TextChoices):
    DRAFT = "draft", _("草稿")
    PUBLISHED = "published", _("已发布")
    WITHDRAWN = "withdrawn", pgettext_lazy("news", "已撤下")


TONES = {
    NewsState.DRAFT: Tone.NEUTRAL,
    NewsState.PUBLISHED: Tone.SUCCESS,
    NewsState.WITHDRAWN: Tone.WAITING,
}
