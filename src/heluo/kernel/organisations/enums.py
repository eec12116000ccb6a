"""Kinds of organisations, levels, stages and what may happen to an organisation."""

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


class ChangeKind(models.TextChoices):
    """What happened to an organisation."""

    OPENED = "opened", _("设立")
    RENAMED = "renamed", _("更名")
    MOVED = "moved", _("调整隶属关系")
    RECODED = "recoded", _("重编标识码")
    CLOSED = "closed", _("撤销")


class TreeKind(models.TextChoices):
    """The two trees a person may browse."""

    MANAGEMENT = "management", _("管理关系")
    REGION = "region", _("行政区划")
