"""Stable codes of the calendar."""

from django.db import models
from django.utils.translation import pgettext_lazy


class DayKind(models.TextChoices):
    """How a day differs from its weekday."""

    HOLIDAY = "holiday", pgettext_lazy("day", "放假")
    WORKED = "worked", pgettext_lazy("day", "补班")
