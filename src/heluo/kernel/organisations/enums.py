"""Kinds of organisations, levels, stages and what may happen to an organisation."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class OrganisationKind(models.TextChoices):
    BUREAU = "bureau", _("教育主管部门")
    SCHOOL = "school", _("学校")
    TEACHING_POINT = "teaching_point", _("教学点")
    ENTERPRISE = "enterprise", _("企业")
    TRAINING = "training", _("培训机构")


class Level(models.TextChoices):
    """Administrative level of a region or a bureau."""

    PROVINCE = "province", _("省级")
    CITY = "city", _("市级")
    COUNTY = "county", _("县级")
    SCHOOL = "school", _("校级")
    """A school, a teaching point, an enterprise, a training institution: whoever is no bureau."""


class Stage(models.TextChoices):
    """学段."""

    PRESCHOOL = "preschool", _("学前")
    PRIMARY = "primary", _("小学")
    JUNIOR = "junior", _("初中")
    SENIOR = "senior", _("高中")
    VOCATIONAL = "vocational", _("中职")
    HIGHER = "higher", _("高等")


class Fact(models.TextChoices):
    """What is known of an organisation beside its name: column → title."""

    ENGLISH_NAME = "english_name", _("英文名称")
    CREDIT_CODE = "credit_code", _("统一社会信用代码")
    FOUNDED_ON = "founded_on", _("建校（成立）日期")
    FOUNDER = "founder", _("举办者")
    RUN_BY = "run_by", _("学校办别")
    SETTLEMENT = "settlement", _("城乡类型")
    ADDRESS = "address", _("地址")
    POSTCODE = "postcode", _("邮政编码")
    PHONE = "phone", _("办公电话")


class ChangeKind(models.TextChoices):
    """What happened to an organisation."""

    OPENED = "opened", _("设立")
    RENAMED = "renamed", _("更名")
    MOVED = "moved", _("调整隶属关系")
    RECODED = "recoded", _("重编标识码")
    RETYPED = "retyped", _("变更办学类型")
    DESCRIBED = "described", _("更改登记信息")
    CLOSED = "closed", pgettext_lazy("what happened", "撤销")
    REOPENED = "reopened", _("恢复")
    MERGED = "merged", _("并入他校")
    ABSORBED = "absorbed", _("接收并入的学校")
    SPLIT = "split", _("分设出新校")
    SPLIT_OFF = "split_off", _("由他校分设")


class TreeKind(models.TextChoices):
    """The two trees a person may browse."""

    MANAGEMENT = "management", _("管理关系")
    REGION = "region", _("行政区划")
