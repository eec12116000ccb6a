"""Stable codes for who acts and who may look."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    """What a person is at an organisation, for a period (standards: user-interface terms, roles)."""

    PROVINCE_ADMIN = "province_admin", _("省级管理员")
    CITY_OFFICER = "city_officer", _("市级管理员")
    COUNTY_OFFICER = "county_officer", _("县级管理员")
    SCHOOL_ADMIN = "school_admin", _("学校管理员")
    RESOURCE_REVIEWER = "resource_reviewer", _("资源审核员")
    TEACHER = "teacher", _("教师")
    PUPIL = "pupil", _("学生")
    GUARDIAN = "guardian", _("家长")
    OPERATOR = "operator", _("运维人员")


OFFICER_ROLES = frozenset(
    {Role.PROVINCE_ADMIN, Role.CITY_OFFICER, Role.COUNTY_OFFICER, Role.SCHOOL_ADMIN, Role.OPERATOR}
)
"""Roles that must sign in with a second factor outside the demo."""


class ActorKind(models.TextChoices):
    PUBLIC = "public", _("公众")
    PERSON = "person", _("个人")
    PLATFORM = "platform", _("平台")


class Audience(models.TextChoices):
    """Who may open a page that needs no permission of its own."""

    PUBLIC = "audience.public", _("所有人")
    SIGNED_IN = "audience.signed_in", _("已登录用户")
    PROGRAM = "audience.program", _("持有令牌的程序")
    """No person: the page itself asks for the token of a program, and refuses whoever has none."""
