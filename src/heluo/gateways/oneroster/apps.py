"""Wiring and manifest of the app."""

from django.utils.translation import gettext_lazy as _

from heluo.gateways.oneroster.access import Permission
from heluo.kernel.actors.enums import Role
from heluo.kernel.actors.public import HeluoApp, Manifest, NavigationEntry, Place

ADMINISTRATOR = {Permission.EXPORT}


class OneRosterApp(HeluoApp):
    name = "heluo.gateways.oneroster"
    label = "oneroster"
    manifest = Manifest(
        title=_("名册接口"),
        grants={
            Role.SCHOOL_ADMIN: ADMINISTRATOR,
            Role.COUNTY_OFFICER: ADMINISTRATOR,
            Role.CITY_OFFICER: ADMINISTRATOR,
            Role.PROVINCE_ADMIN: ADMINISTRATOR,
        },
        navigation=(
            NavigationEntry(
                title=_("名册数据包"),
                route="oneroster:exports",
                icon="file-zip",
                place=Place.WORKBENCH,
                may=Permission.EXPORT,
                order=68,
            ),
        ),
        actors={
            "oneroster": _("名册数据包生成"),
            "heluo oneroster client add": _("命令行：允许读取名册"),
            "heluo oneroster client revoke": _("命令行：停止读取名册"),
        },
        kinds={"roster_client": _("名册接入方"), "roster_export": _("名册数据包")},
        deeds={
            "oneroster.client_added": _("允许一个接入方读取名册"),
            "oneroster.client_revoked": _("停用了名册接入方"),
            "oneroster.register_read": _("通过接口读取了名册"),
            "oneroster.export_ordered": _("申请生成名册数据包"),
            "oneroster.export_made": _("生成了名册数据包"),
            "oneroster.export_fetched": _("下载了名册数据包"),
        },
    )
