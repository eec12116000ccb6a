"""Wiring and manifest of the app."""

from django.utils.translation import gettext_lazy as _

from heluo.kernel.actors.public import HeluoApp, Manifest


class OutwardApp(HeluoApp):
    name = "heluo.kernel.outward"
    label = "outward"
    manifest = Manifest(title=_("对外访问"))
