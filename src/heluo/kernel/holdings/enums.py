"""Stable codes for what a viewer opened."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Sight(models.TextChoices):
    """Which page about a person was opened."""

    PERSON = "person", _("个人信息页")
    RECORD = "record", _("学籍档案")
    REQUEST = "request", _("权利申请")
