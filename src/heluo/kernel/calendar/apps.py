"""Wiring and manifest of the app."""

from django.utils.translation import gettext_lazy as _

from heluo.kernel.actors.enums import Role
from heluo.kernel.actors.public import HeluoApp, Manifest, NavigationEntry, Place
from heluo.kernel.calendar.access import Permission


class CalendarApp(HeluoApp):
    name = "heluo.kernel.calendar"
    label = "calendar"
    manifest = Manifest(
        title=_("工作日历"),
        grants=dict.fromkeys((Role.PROVINCE_ADMIN, Role.OPERATOR), (Permission.KEEP,)),
        navigation=(
            NavigationEntry(_("工作日历"), "calendar:year", "calendar", Place.OPERATIONS, Permission.KEEP, 50),
        ),
        deeds={
            "calendar.day_changed": _("改了工作日历的一天"),
            "calendar.year_entered": _("录入了一年的工作日历"),
        },
        kinds={"calendar_year": _("一年的工作日历")},
    )
