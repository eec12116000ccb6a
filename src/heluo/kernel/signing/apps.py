"""Wiring and manifest of the app."""

from django.utils.translation import gettext_lazy as _

from heluo.kernel.actors.public import HeluoApp, Manifest


class SigningApp(HeluoApp):
    name = "heluo.kernel.signing"
    label = "signing"
    manifest = Manifest(title=_("签名密钥"))
