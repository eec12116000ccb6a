"""Kinds of blocks on the home page of a virtual platform."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class BlockKind(models.TextChoices):
    BANNER = "banner", _("横幅")
    RECOMMENDED = "recommended", _("推荐资源")
    NEWS = "news", _("新闻")
    ENTRANCES = "entrances", _("栏目入口")
    COLLECTIONS = "collections", _("资源集")
    FIGURES = "figures", pgettext_lazy("block", "统计")
