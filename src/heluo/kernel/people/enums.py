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


class ClashKind(models.TextChoices):
    """Why a line of a school's list cannot stand, or not with all it says."""

    SEVERAL_PEOPLE = "several_people", _("几个号码分别登记在不同的人名下")
    OTHER_NAME = "other_name", _("这个号码登记在另一个名字下")
    LISTED_TWICE = "listed_twice", _("同一个人在名册里出现了两次")
    PUPIL_ELSEWHERE = "pupil_elsewhere", _("已是另一所学校的学生")
    NOT_HERE = "not_here", _("名册和学校登记里都没有这个人")
    NUMBER_UNKNOWN = "number_unknown", _("这个平台号不是这所学校的人")
    OWN_GUARDIAN = "own_guardian", _("把学生本人填成了监护人")
    FACTS_KEPT = "facts_kept", _("与登记的不一致，登记的内容由另一个单位维护，不作更改")
    TEACHES_ELSEWHERE = "teaches_elsewhere", _("同时在另一所学校任教")


class Deed(models.TextChoices):
    """What a merge does about a listed person."""

    NEW = "new", _("新增")
    RETURNS = "returns", _("重新登记")
    CHANGED = "changed", _("变更")
    SAME = "same", _("无变化")
    ENDED = "ended", _("结束")
