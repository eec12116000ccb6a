"""Wiring and manifest of the app."""

from django.utils.translation import gettext_lazy as _

from heluo.gateways.jyt1002.access import Permission
from heluo.kernel.actors.enums import Role
from heluo.kernel.actors.public import HeluoApp, Manifest, NavigationEntry, Place


class Jyt1002App(HeluoApp):
    name = "heluo.gateways.jyt1002"
    label = "jyt1002"
    manifest = Manifest(
        title=_("标准格式导出"),
        grants={
            Role.SCHOOL_ADMIN: {Permission.EXPORT},
            Role.COUNTY_OFFICER: {Permission.EXPORT},
            Role.CITY_OFFICER: {Permission.EXPORT},
            Role.PROVINCE_ADMIN: {Permission.EXPORT},
        },
        navigation=(
            NavigationEntry(
                title=_("标准格式数据包"),
                route="jyt1002:packages",
                icon="table-export",
                place=Place.WORKBENCH,
                may=Permission.EXPORT,
                order=69,
            ),
        ),
        actors={"jyt1002": _("标准格式数据包生成")},
        kinds={"jyt1002_package": _("标准格式数据包")},
        deeds={
            "jyt1002.package_ordered": _("申请生成标准格式数据包"),
            "jyt1002.package_made": _("生成了标准格式数据包"),
            "jyt1002.package_fetched": _("下载了标准格式数据包"),
        },
    )
