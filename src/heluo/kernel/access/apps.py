"""Wiring and manifest of the app."""

from django.utils.translation import gettext_lazy as _

from heluo.kernel.actors.public import HeluoApp, Manifest


class AccessApp(HeluoApp):
    name = "heluo.kernel.access"
    label = "access"
    manifest = Manifest(title=_("访问控制"))
