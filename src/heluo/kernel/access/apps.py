"""Wiring and manifest of the app."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from heluo.kernel.access.access import Permission
from heluo.kernel.actors.enums import Role
from heluo.kernel.actors.public import HeluoApp, Manifest, NavigationEntry, Place


class AccessApp(HeluoApp):
    name = "heluo.kernel.access"
    label = "access"
    manifest = Manifest(
        title=_("登录与访问控制"),
        grants={Role.OPERATOR: {Permission.CONNECT_SYSTEMS}},
        navigation=(
            NavigationEntry(
                title=_("接入系统"),
                route="access:systems",
                icon="plug-connected",
                place=Place.OPERATIONS,
                may=Permission.CONNECT_SYSTEMS,
                order=60,
            ),
            NavigationEntry(
                title=_("我的账号"), route="access:account", icon="user-cog", place=Place.WORKBENCH, order=90
            ),
        ),
        deeds={
            "access.system_connected": _("接入了外部系统"),
            "access.system_removed": _("停用了外部系统"),
            "access.sessions_ended": _("退出了其他设备"),
            "access.sign_in_reset": _("重置了登录方式"),
            "access.signed_in": _("登录了平台"),
            "access.second_factor_added": _("添加了两步验证方式"),
            "access.second_factor_removed": _("移除了两步验证方式"),
            "access.second_factors_sealed": _("更换了两步验证的密钥"),
            "access.token_issued": _("签发了访问令牌"),
            "access.token_revoked": _("吊销了访问令牌"),
        },
        actors={
            "heluo officer": _("命令行：管理人员的账号"),
            "heluo register rotate-keys": _("命令行：更换密钥"),
            "heluo token": _("命令行：签发令牌"),
        },
        kinds={"access_token": pgettext_lazy("kind", "访问令牌"), "account": _("账号"), "system": _("外部系统")},
    )
