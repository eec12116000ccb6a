"""Wiring and manifest of the app."""

from django.utils.translation import gettext_lazy as _

from heluo.kernel.actors.public import HeluoApp, Manifest


class OperationsApp(HeluoApp):
    name = "heluo.portal.operations"
    label = "operations"
    manifest = Manifest(title=_("运维"))
