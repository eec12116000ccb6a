"""Wiring and manifest of the app."""

from django.utils.translation import gettext_lazy as _

from heluo.gateways.offline.access import Permission
from heluo.kernel.actors.enums import Role
from heluo.kernel.actors.public import HeluoApp, Manifest, NavigationEntry, Place


class OfflineApp(HeluoApp):
    name = "heluo.gateways.offline"
    label = "offline"
    manifest = Manifest(
        title=_("离线资源包"),
        grants={Role.OPERATOR: {Permission.CARRY}},
        navigation=(
            NavigationEntry(
                title=_("离线资源包"),
                route="offline:carried",
                icon="download",
                place=Place.OPERATIONS,
                may=Permission.CARRY,
                order=56,
            ),
        ),
        actors={"heluo package": _("命令行：离线资源包")},
        kinds={"offline_package": _("离线资源包")},
        deeds={
            "offline.package_ordered": _("选定了离线资源包的内容"),
            "offline.package_written": _("写好了离线资源包"),
            "offline.package_read": _("导入了离线资源包"),
        },
    )

    def ready(self) -> None:
        from heluo.gateways.offline.actions import note_taken  # noqa: PLC0415  # models are loaded
        from heluo.gateways.offline.actions.reading import TAKEN  # noqa: PLC0415
        from heluo.kernel.nodes.public import register_message  # noqa: PLC0415

        register_message(TAKEN, title=_("离线资源包的回执"), handler=note_taken)
