"""Wiring and manifest of the app."""

from django.utils.translation import gettext_lazy as _

from heluo.kernel.actors.public import HeluoApp, Manifest


class ClockApp(HeluoApp):
    name = "heluo.kernel.clock"
    label = "clock"
    manifest = Manifest(title=_("校历"))
