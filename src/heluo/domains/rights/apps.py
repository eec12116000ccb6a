"""Wiring and manifest of the app."""

from django.utils.translation import gettext_lazy as _

from heluo.domains.rights.access import Permission
from heluo.domains.rights.enums import MessageKind
from heluo.kernel.actors.enums import Audience, Role
from heluo.kernel.actors.public import HeluoApp, Manifest, NavigationEntry, Place

OFFICER = {Permission.ORDER, Permission.REPORT}


class RightsApp(HeluoApp):
    name = "heluo.domains.rights"
    label = "rights"
    manifest = Manifest(
        title=_("知识产权"),
        grants={
            Role.TEACHER: {Permission.REPORT},
            Role.SCHOOL_ADMIN: OFFICER,
            Role.COUNTY_OFFICER: OFFICER,
            Role.CITY_OFFICER: OFFICER,
            Role.PROVINCE_ADMIN: OFFICER,
        },
        navigation=(
            NavigationEntry(
                _("我的作品报告"), "rights:report", "chart-line", Place.WORKBENCH, Permission.REPORT, order=23
            ),
            NavigationEntry(
                _("版权投诉与下架"), "rights:takedowns", "flag", Place.WORKBENCH, Permission.ORDER, order=63
            ),
        ),
        actors={"rights": _("节点之间的下架与使用报告")},
        kinds={
            "rights_complaint": _("版权投诉"),
            "takedown": _("下架令"),
            "rights_ledger": _("权利台账"),
        },
        deeds={
            "rights.noted": _("记入权利台账"),
            "rights.taken_down": _("责令下架了作品"),
            "rights.restored": _("撤销了下架"),
            "rights.complained": _("提出了版权投诉"),
            "rights.complaint_decided": _("办结了版权投诉"),
        },
    )

    def ready(self) -> None:
        from heluo.domains.rights.actions import (  # noqa: PLC0415  # models are loaded
            close_for_now,
            dismiss,
            grant_appeal,
            reject,
            take_complaint,
            take_order,
            take_receipt,
            take_usage,
            uphold,
        )
        from heluo.domains.rights.actions.complaints import KIND  # noqa: PLC0415
        from heluo.domains.rights.pages.showing import panel  # noqa: PLC0415
        from heluo.engines.catalogue.public import EntryDeed, register_entry_deed  # noqa: PLC0415
        from heluo.engines.process.public import register_panel, register_service  # noqa: PLC0415
        from heluo.kernel.nodes.public import register_message  # noqa: PLC0415

        register_message(MessageKind.TAKEDOWN, title=_("下架令"), handler=take_order)
        register_message(MessageKind.RESTORED, title=_("撤销下架"), handler=take_order)
        register_message(MessageKind.RECEIPT, title=_("下架回执"), handler=take_receipt)
        register_message(MessageKind.COMPLAINT, title=_("版权投诉"), handler=take_complaint)
        register_message(MessageKind.USAGE, title=_("使用次数"), handler=take_usage)
        register_service("rights.close_for_now", close_for_now)
        register_service("rights.uphold", uphold)
        register_service("rights.reject", reject)
        register_service("rights.dismiss", dismiss)
        register_service("rights.grant_appeal", grant_appeal)
        register_panel(KIND, panel)
        register_entry_deed(EntryDeed(_("版权投诉"), "flag", route="rights:complain", may=Audience.PUBLIC))
        register_entry_deed(
            EntryDeed(
                _("责令下架"),
                "flag",
                route="rights:take_down",
                may=Permission.ORDER,
                where_it_lies=True,
                of_own=True,
            )
        )
