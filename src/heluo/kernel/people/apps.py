"""Wiring and manifest of the app."""

from django.utils.translation import gettext_lazy as _

from heluo.kernel.actors.enums import Role
from heluo.kernel.actors.public import HeluoApp, Manifest
from heluo.kernel.people.access import Permission

OFFICER = {
    Permission.VIEW,
    Permission.MANAGE,
    Permission.APPOINT,
    Permission.ACTIVATE,
    Permission.REVEAL,
}


class PeopleApp(HeluoApp):
    name = "heluo.kernel.people"
    label = "people"
    manifest = Manifest(
        title=_("人员"),
        grants={
            Role.PROVINCE_ADMIN: OFFICER,
            Role.CITY_OFFICER: OFFICER,
            Role.COUNTY_OFFICER: OFFICER,
            Role.SCHOOL_ADMIN: OFFICER - {Permission.APPOINT},
        },
    )
