"""Stable codes of collections."""

from django.db import models
from django.utils.translation import gettext_lazy as _

KIND = "collection"
"""Kind of catalogue entries, feedback subjects and processes."""
PUBLICATION = "collection-publication"
"""The process that makes a collection public."""


class SharedWith(models.TextChoices):
    """Who sees a collection besides whoever keeps it."""

    PRIVATE = "private", _("只有自己")
    KLASS = "klass", _("一个班")
    PLACE = "place", _("本单位")
    PUBLIC = "public", _("所有人")
