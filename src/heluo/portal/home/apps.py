"""Wiring and manifest of the app."""

from django.utils.translation import gettext_lazy as _

from heluo.kernel.actors.public import HeluoApp, Manifest


class HomeApp(HeluoApp):
    name = "heluo.portal.home"
    label = "home"
    manifest = Manifest(title=_("门户"))
