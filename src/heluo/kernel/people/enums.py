"""Stable codes for what people are known by and how they stand to one another."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class IdentifierKind(models.TextChoices):
    RESIDENT_ID = "resident_id", _("居民身份证号")
    STUDENT_NUMBER = "student_number", _("学籍号")
    PHONE = "phone", _("手机号")


class Relation(models.TextChoices):
    """How a viewer stands to a person; nobody else sees the person at all."""

    SELF = "self", _("本人")
    GUARDIAN = "guardian", _("监护人")
    TEACHER = "teacher", _("任课教师")
    KEEPER = "keeper", _("管理人员")


NOTICE_VERSION = "2026-09"
"""Version of the privacy notice that a guardian agrees to now."""
NAME_LENGTH = 60
"""JY/T 1002 allows 36 characters for a name; longer foreign ones occur."""
