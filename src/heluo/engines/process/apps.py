"""Wiring and manifest of the app."""

from django.utils.translation import gettext_lazy as _

from heluo.kernel.actors.public import HeluoApp, Manifest


class ProcessApp(HeluoApp):
    name = "heluo.engines.process"
    label = "process"
    manifest = Manifest(title=_("流程"))
