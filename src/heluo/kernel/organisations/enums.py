"""Kinds of organisations and levels."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class OrganisationKind(models.TextChoices):
    BUREAU = "bureau", _("教育主管部门")
    SCHOOL = "school", _("学校")
    TEACHING_POINT = "teaching_point", _("教学点")


class Level(models.TextChoices):
    """Administrative level of a region or a bureau."""

    PROVINCE = "province", _("省级")
    CITY = "city", _("市级")
    COUNTY = "county", _("县级")
    SCHOOL = "school", _("校级")


class Stage(models.TextChoices):
    """学段."""

    PRESCHOOL = "preschool", _("学前")
    PRIMARY = "primary", _("小学")
    JUNIOR = "junior", _("初中")
    SENIOR = "senior", _("高中")
    VOCATIONAL = "vocational", _("中职")
    HIGHER = "higher", _("高等")
