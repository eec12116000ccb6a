"""Wiring and manifest of the app."""

from django.utils.translation import gettext_lazy as _

from heluo.kernel.actors.public import HeluoApp, Manifest


class AuditApp(HeluoApp):
    name = "heluo.kernel.audit"
    label = "audit"
    manifest = Manifest(title=_("审计"))
