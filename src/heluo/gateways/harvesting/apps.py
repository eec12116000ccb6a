"""Wiring and manifest of the app."""

from django.utils.translation import gettext_lazy as _

from heluo.gateways.harvesting.access import KEEPERS, Permission
from heluo.kernel.actors.public import HeluoApp, Manifest, NavigationEntry, Place


class HarvestingApp(HeluoApp):
    name = "heluo.gateways.harvesting"
    label = "harvesting"
    manifest = Manifest(
        title=_("目录采集"),
        grants={role: {Permission.KEEP} for role in KEEPERS},
        navigation=(
            NavigationEntry(
                title=_("采集来源"),
                route="harvesting:sources",
                icon="download",
                place=Place.WORKBENCH,
                may=Permission.KEEP,
                order=67,
            ),
        ),
        actors={"harvesting": _("目录采集")},
        kinds={"harvest_source": _("采集来源")},
        deeds={
            "harvesting.source_added": _("添加了采集来源"),
            "harvesting.source_changed": _("修改了采集来源"),
            "harvesting.run_begun": _("开始了一次采集"),
            "harvesting.comparison_ordered": _("核对了采集的完整"),
            "harvesting.retirement_approved": _("同意了采集来源的大批下架"),
            "harvesting.retirement_rejected": _("不同意采集来源的大批下架"),
            "harvesting.term_mapped": _("设置了采集词的对照"),
            "harvesting.record_dismissed": _("不再处理采集来的记录"),
        },
    )

    def ready(self) -> None:
        from heluo.engines.catalogue.public import EntryDeed, register_entry_deed  # noqa: PLC0415  # models are loaded

        register_entry_deed(EntryDeed(_("采集来路"), "route", "harvesting:paths", Permission.KEEP, of_own=False))
