"""Wiring and manifest of the app."""

from typing import Any

from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _

from heluo.kernel.actors.enums import Role
from heluo.kernel.actors.public import HeluoApp, Manifest
from heluo.kernel.organisations.access import Permission

OFFICER = {Permission.VIEW, Permission.MANAGE, Permission.MANAGE_CLASSES, Permission.PLAN_TERMS}


class OrganisationsApp(HeluoApp):
    name = "heluo.kernel.organisations"
    label = "organisations"
    manifest = Manifest(
        title=_("机构"),
        grants={
            Role.PROVINCE_ADMIN: OFFICER | {Permission.FOUND},
            Role.CITY_OFFICER: OFFICER,
            Role.COUNTY_OFFICER: OFFICER,
            Role.SCHOOL_ADMIN: {Permission.VIEW, Permission.MANAGE_CLASSES},
            Role.RESOURCE_REVIEWER: {Permission.VIEW},
            Role.TEACHER: {Permission.VIEW},
            Role.PUPIL: {Permission.VIEW},
            Role.GUARDIAN: {Permission.VIEW},
            Role.OPERATOR: {Permission.VIEW},
        },
    )

    def ready(self) -> None:
        post_migrate.connect(self.load, sender=self)

    def load(self, **_signal: Any) -> None:
        """Bring the shipped regions in after each migration (and after a test database was emptied)."""
        from heluo.kernel.organisations.loading import load_regions  # noqa: PLC0415  # models exist once apps are ready

        load_regions()
