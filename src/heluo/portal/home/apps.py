"""Wiring and manifest of the app."""

from django.utils.translation import gettext_lazy as _

from heluo.kernel.actors.enums import Audience
from heluo.kernel.actors.public import HeluoApp, Manifest, NavigationEntry, Place
from heluo.kernel.tenants.access import Permission


class HomeApp(HeluoApp):
    name = "heluo.portal.home"
    label = "home"
    manifest = Manifest(
        title=_("门户首页"),
        navigation=(
            NavigationEntry(_("首页"), "home:home", "home", Place.PUBLIC, Audience.PUBLIC, 0, on_phone=True),
            NavigationEntry(
                _("首页模块"), "home:blocks", "home-edit", Place.WORKBENCH, Permission.KEEP, 71, is_of_tenants=True
            ),
        ),
        deeds={
            "home.block_added": _("给虚拟平台的首页添加了模块"),
            "home.block_changed": _("修改了虚拟平台首页的模块"),
            "home.block_removed": _("移除了虚拟平台首页的模块"),
            "home.blocks_ordered": _("调整了虚拟平台首页的顺序"),
        },
    )

    def ready(self) -> None:
        from heluo.kernel.tenants.public import Share, register_share  # noqa: PLC0415
        from heluo.portal.home.actions import rows_to_carry, take_in  # noqa: PLC0415  # models are loaded

        register_share(Share("home", rows=rows_to_carry, files=tuple, take=take_in))
