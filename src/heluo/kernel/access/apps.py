"""Wiring and manifest of the app."""

from django.utils.translation import gettext_lazy as _

from heluo.kernel.actors.public import HeluoApp, Manifest, NavigationEntry, Place


class AccessApp(HeluoApp):
    name = "heluo.kernel.access"
    label = "access"
    manifest = Manifest(
        title=_("登录与访问控制"),
        navigation=(
            NavigationEntry(
                title=_("我的账号"), route="access:account", icon="user-cog", place=Place.WORKBENCH, order=90
            ),
        ),
        deeds={
            "access.signed_in": _("登录了平台"),
            "access.second_factor_added": _("添加了两步验证方式"),
            "access.second_factor_removed": _("移除了两步验证方式"),
            "access.token_issued": _("签发了访问令牌"),
            "access.token_revoked": _("吊销了访问令牌"),
        },
        kinds={"access_token": _("访问令牌"), "account": _("账号")},
    )
