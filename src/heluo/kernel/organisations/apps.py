"""Wiring and manifest of the app."""

from typing import Any

from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from heluo.kernel.actors.enums import Role
from heluo.kernel.actors.public import HeluoApp, Manifest, NavigationEntry, Place
from heluo.kernel.organisations.access import Permission

OFFICER = {
    Permission.VIEW,
    Permission.MANAGE,
    Permission.MANAGE_CLASSES,
    Permission.PLAN_TERMS,
    Permission.RECORD_FACTS,
}


class OrganisationsApp(HeluoApp):
    name = "heluo.kernel.organisations"
    label = "organisations"
    manifest = Manifest(
        title=_("机构"),
        grants={
            Role.PROVINCE_ADMIN: OFFICER | {Permission.FOUND},
            Role.CITY_OFFICER: OFFICER,
            Role.COUNTY_OFFICER: OFFICER,
            Role.SCHOOL_ADMIN: {Permission.VIEW, Permission.MANAGE_CLASSES, Permission.RECORD_FACTS},
            Role.RESOURCE_REVIEWER: {Permission.VIEW},
            Role.TEACHER: {Permission.VIEW},
            Role.PUPIL: {Permission.VIEW},
            Role.GUARDIAN: {Permission.VIEW},
            Role.OPERATOR: {Permission.VIEW},
        },
        navigation=(
            NavigationEntry(
                title=_("机构"),
                route="organisations:tree",
                icon="sitemap",
                place=Place.WORKBENCH,
                may=Permission.VIEW,
                order=60,
            ),
            NavigationEntry(
                title=_("代码表"),
                route="organisations:code_tables",
                icon="list-numbers",
                place=Place.OPERATIONS,
                may=Permission.MANAGE,
                order=90,
            ),
        ),
        deeds={
            "organisations.bureaus_founded": _("设立了各级教育主管部门"),
            "organisations.organisation_opened": _("设立了机构"),
            "organisations.organisation_renamed": _("给机构更名"),
            "organisations.organisation_recoded": _("重编了学校标识码"),
            "organisations.organisation_moved": _("调整了隶属关系"),
            "organisations.organisation_closed": _("撤销了机构"),
            "organisations.organisation_described": _("更改了单位登记信息"),
            "organisations.organisation_reopened": _("恢复了机构"),
            "organisations.organisations_opened": _("成批设立了机构"),
            "organisations.schools_merged": _("合并了学校"),
            "organisations.school_split": _("分设了学校"),
            "organisations.classes_opened": _("开设了班级"),
            "organisations.term_planned": _("安排了学期起止"),
        },
        actors={"heluo register bureaus": _("命令行：设立主管部门")},
        kinds={"organisation": pgettext_lazy("kind", "机构")},
    )

    def ready(self) -> None:
        post_migrate.connect(self.load, sender=self)

    def load(self, **_signal: Any) -> None:
        """Bring the shipped regions in after each migration (and after a test database was emptied)."""
        from heluo.kernel.organisations.loading import load_regions  # noqa: PLC0415  # models exist once apps are ready

        load_regions()
