"""Wiring and manifest of the app."""

from django.utils.translation import gettext_lazy as _

from heluo.kernel.actors.public import HeluoApp, Manifest


class CredentialsApp(HeluoApp):
    name = "heluo.engines.credentials"
    label = "credentials"
    manifest = Manifest(title=_("可验证的证书"))
