"""Wiring and manifest of the app."""

from django.utils.translation import gettext_lazy as _

from heluo.kernel.actors.enums import Audience
from heluo.kernel.actors.public import HeluoApp, Manifest, NavigationEntry, Place


class WorkbenchApp(HeluoApp):
    name = "heluo.portal.workbench"
    label = "workbench"
    manifest = Manifest(
        title=_("工作台"),
        navigation=(
            NavigationEntry(
                _("工作台"),
                "workbench:workbench",
                "layout-dashboard",
                Place.WORKBENCH,
                Audience.SIGNED_IN,
                0,
                on_phone=True,
            ),
        ),
    )
