"""Wiring and manifest of the app."""

from django.utils.translation import gettext_lazy as _

from heluo.domains.subject_rights.access import Permission
from heluo.kernel.actors.enums import Role
from heluo.kernel.actors.public import HeluoApp, Manifest, NavigationEntry, Place

CLERK = {Permission.VIEW, Permission.DECIDE}


class SubjectRightsApp(HeluoApp):
    name = "heluo.domains.subject_rights"
    label = "subject_rights"
    manifest = Manifest(
        title=_("个人信息权利"),
        grants={
            Role.SCHOOL_ADMIN: CLERK,
            Role.COUNTY_OFFICER: CLERK,
            Role.CITY_OFFICER: CLERK,
            Role.PROVINCE_ADMIN: CLERK,
        },
        navigation=(
            NavigationEntry(
                _("个人信息申请"), "subject_rights:at_desk", "user-edit", Place.WORKBENCH, Permission.VIEW, order=62
            ),
            NavigationEntry(_("我的信息"), "subject_rights:mine", "user-shield", Place.WORKBENCH, order=80),
        ),
        actors={"subject_rights": _("按申请删除个人信息")},
        kinds={"rights_request": _("个人信息申请")},
        deeds={
            "subject_rights.correction_asked": _("申请更正个人信息"),
            "subject_rights.erasure_asked": _("申请删除个人信息"),
            "subject_rights.request_withdrawn": _("撤回了个人信息申请"),
            "subject_rights.refusal_objected": _("对个人信息申请的答复提出异议"),
            "subject_rights.correction_granted": _("办结了个人信息更正"),
            "subject_rights.erased": _("按申请删除了个人信息"),
            "subject_rights.copy_ordered": _("让平台生成个人信息副本"),
            "subject_rights.copy_made": _("生成了个人信息副本"),
            "subject_rights.copy_fetched": _("下载了个人信息副本"),
            "subject_rights.request_refused": _("没有同意个人信息申请"),
            "subject_rights.request_passed_up": _("把个人信息申请转给上级单位"),
        },
    )
