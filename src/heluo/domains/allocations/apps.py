"""Wiring and manifest of the app."""

from django.utils.translation import gettext_lazy as _

from heluo.domains.allocations.access import Permission
from heluo.kernel.actors.enums import Role
from heluo.kernel.actors.public import HeluoApp, Manifest, NavigationEntry, Place

STAFF = {Permission.USE}
OFFICER = STAFF | {Permission.ISSUE, Permission.OVERSEE}


class AllocationsApp(HeluoApp):
    name = "heluo.domains.allocations"
    label = "allocations"
    manifest = Manifest(
        title=_("资源调配"),
        grants={
            Role.TEACHER: STAFF,
            Role.RESOURCE_REVIEWER: STAFF,
            Role.SCHOOL_ADMIN: STAFF,
            Role.COUNTY_OFFICER: OFFICER,
            Role.CITY_OFFICER: OFFICER,
            Role.PROVINCE_ADMIN: OFFICER,
        },
        navigation=(
            NavigationEntry(_("上级调配"), "allocations:list", "list-check", Place.WORKBENCH, Permission.USE, order=24),
            NavigationEntry(_("资源调配"), "allocations:orders", "send", Place.WORKBENCH, Permission.ISSUE, order=67),
            NavigationEntry(
                _("收到的调配单"), "allocations:received", "inbox", Place.WORKBENCH, Permission.OVERSEE, order=68
            ),
        ),
        kinds={"allocation": _("调配单")},
        deeds={
            "allocations.started": _("新建了调配单"),
            "allocations.issued": _("下达了调配单"),
            "allocations.cancelled": _("撤销了调配单"),
            "allocations.ended": _("调配单到期"),
            "allocations.received": _("收到了上级的调配单"),
            "allocations.cancel_received": _("上级撤销了调配单"),
        },
        actors={"allocations": _("资源调配")},
    )

    def ready(self) -> None:
        from heluo.domains.allocations.pages.marking import marker  # noqa: PLC0415  # models are loaded
        from heluo.domains.allocations.queries import allocated_contents  # noqa: PLC0415
        from heluo.engines.catalogue.public import register_marker  # noqa: PLC0415
        from heluo.kernel.transfers.public import register_giver  # noqa: PLC0415

        register_giver(allocated_contents)
        register_marker(marker)
