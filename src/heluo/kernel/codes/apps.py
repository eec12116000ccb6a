"""Wiring and manifest of the app."""

from django.utils.translation import gettext_lazy as _

from heluo.kernel.actors.public import HeluoApp, Manifest


class CodesApp(HeluoApp):
    name = "heluo.kernel.codes"
    label = "codes"
    manifest = Manifest(title=_("代码表"))
