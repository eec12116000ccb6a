"""Wiring and manifest of the app."""

from django.utils.translation import gettext_lazy as _

from heluo.kernel.actors.enums import Role
from heluo.kernel.actors.public import HeluoApp, Manifest, NavigationEntry, Place
from heluo.kernel.tenants.access import Permission


class TenantsApp(HeluoApp):
    name = "heluo.kernel.tenants"
    label = "tenants"
    manifest = Manifest(
        title=_("虚拟平台"),
        grants={
            Role.OPERATOR: {Permission.GRANT},
            Role.PROVINCE_ADMIN: {Permission.KEEP},
            Role.CITY_OFFICER: {Permission.KEEP},
            Role.COUNTY_OFFICER: {Permission.KEEP},
            Role.SCHOOL_ADMIN: {Permission.KEEP},
        },
        navigation=(
            NavigationEntry(_("虚拟平台"), "tenants:list", "world", Place.OPERATIONS, Permission.GRANT, 70),
            NavigationEntry(_("平台设置"), "tenants:keep", "palette", Place.WORKBENCH, Permission.KEEP, 70),
        ),
        actors={"heluo tenant": _("命令行：虚拟平台")},
        kinds={"tenant": _("虚拟平台")},
        deeds={
            "tenants.opened": _("开通了虚拟平台"),
            "tenants.described": _("修改了虚拟平台的名称或主色"),
            "tenants.logo_changed": _("更换了虚拟平台的徽标"),
            "tenants.host_set": _("设置了虚拟平台的域名"),
            "tenants.suspended": _("暂停了虚拟平台"),
            "tenants.resumed": _("恢复了虚拟平台"),
            "tenants.exported": _("导出了虚拟平台"),
            "tenants.imported": _("导入了虚拟平台"),
            "tenants.moved": _("登记了虚拟平台的新网址"),
        },
    )
