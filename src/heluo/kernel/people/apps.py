"""Wiring and manifest of the app."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from heluo.kernel.actors.enums import Role
from heluo.kernel.actors.public import HeluoApp, Manifest, NavigationEntry, Place
from heluo.kernel.people.access import Permission

OFFICER = {
    Permission.VIEW,
    Permission.MANAGE,
    Permission.APPOINT,
    Permission.ACTIVATE,
    Permission.REVEAL,
}


class PeopleApp(HeluoApp):
    name = "heluo.kernel.people"
    label = "people"
    manifest = Manifest(
        title=_("人员"),
        grants={
            Role.PROVINCE_ADMIN: OFFICER,
            Role.CITY_OFFICER: OFFICER,
            Role.COUNTY_OFFICER: OFFICER,
            Role.SCHOOL_ADMIN: OFFICER - {Permission.APPOINT},
            Role.TEACHER: {Permission.TEACH},
            Role.GUARDIAN: {Permission.GUARD},
        },
        navigation=(
            NavigationEntry(
                title=_("我的班级"),
                route="people:my_classes",
                icon="users-group",
                place=Place.WORKBENCH,
                may=Permission.TEACH,
                order=20,
            ),
            NavigationEntry(
                title=_("我的孩子"),
                route="people:family",
                icon="heart-handshake",
                place=Place.WORKBENCH,
                may=Permission.GUARD,
                order=20,
                on_phone=True,
            ),
            NavigationEntry(
                title=_("人员"),
                route="people:people",
                icon="users",
                place=Place.WORKBENCH,
                may=Permission.VIEW,
                order=61,
            ),
        ),
        deeds={
            "people.people_registered": _("登记了人员"),
            "people.person_enrolled": _("登记了一个人"),
            "people.person_corrected": _("更正了基本信息"),
            "people.post_taken_up": _("任命了职务"),
            "people.post_ended": _("结束了任职"),
            "people.posts_ended": _("结束了撤销机构的全部任职"),
            "people.posts_handed_over": _("随学校或班级调整转移了任职"),
            "people.classes_joined": _("把学生编入班级"),
            "people.class_left": _("让学生离开班级"),
            "people.people_merged": _("把两条人员登记并为一条"),
            "people.pupils_moved": _("调整了学生的学校或班级"),
            "people.teachings_assigned": _("安排了任课"),
            "people.teaching_ended": _("结束了任课"),
            "people.guardianships_recorded": _("登记了监护关系"),
            "people.guardianship_ended": _("结束了监护关系"),
            "people.consent_given": _("监护人同意"),
            "people.consent_withdrawn": _("监护人撤回同意"),
            "people.paper_consents_recorded": _("登记了书面同意"),
            "people.password_changed": _("更改了密码"),
            "people.activation_code_issued": _("发放了激活码"),
            "people.identifiers_recorded": _("登记了证件号码"),
            "people.identifier_revealed": _("查看了号码原文"),
            "people.identifiers_revealed": _("导出时取出了多人的证件号码原文"),
            "people.lists_merged": _("按名册更新了人员"),
            "people.activation_codes_issued": _("批量发放了激活码"),
            "people.keys_rotated": _("更换了号码密钥"),
        },
        kinds={"person": pgettext_lazy("kind", "人员"), "batch": _("批量登记"), "key": _("密钥")},
        actors={"activation": _("激活码的持有人"), "registrar": _("人员登记处")},
    )
