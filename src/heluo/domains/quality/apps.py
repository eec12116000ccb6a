"""Wiring and manifest of the app."""

from typing import Any

from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _

from heluo.domains.quality.access import Permission
from heluo.kernel.actors.enums import Role
from heluo.kernel.actors.public import HeluoApp, Manifest, NavigationEntry, Place

OFFICER = {Permission.VIEW, Permission.DECIDE}


class QualityApp(HeluoApp):
    name = "heluo.domains.quality"
    label = "quality"
    manifest = Manifest(
        title=_("数据质量"),
        grants={
            Role.SCHOOL_ADMIN: {Permission.VIEW, Permission.ANSWER},
            Role.COUNTY_OFFICER: OFFICER,
            Role.CITY_OFFICER: OFFICER,
            Role.PROVINCE_ADMIN: OFFICER | {Permission.RULE},
        },
        navigation=(
            NavigationEntry(
                _("数据质量"), "quality:overview", "heart-rate-monitor", Place.WORKBENCH, Permission.VIEW, 45
            ),
        ),
        actors={"quality": _("数据质量检查")},
        kinds={"quality_ticket": _("数据整改单"), "quality_rule": _("数据质量规则")},
        deeds={
            "quality.run_ordered": _("安排了数据质量检查"),
            "quality.ticket_checked": _("重新检查了数据整改单"),
            "quality.ticket_explained": _("说明了无法整改的原因"),
            "quality.ticket_excused": _("确认数据整改单无需整改"),
            "quality.ticket_refused": _("未接受说明，要求继续整改"),
            "quality.rule_set": _("调整了数据质量规则"),
        },
    )

    def ready(self) -> None:
        post_migrate.connect(self.load, sender=self)

    def load(self, **_signal: Any) -> None:
        """Bring the shipped rules in after each migration (and after a test database was emptied)."""
        from heluo.domains.quality.actions import load_rules  # noqa: PLC0415  # models exist only once apps are ready

        load_rules()
