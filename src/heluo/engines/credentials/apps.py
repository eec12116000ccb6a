"""Wiring and manifest of the app."""

from django.utils.translation import gettext_lazy as _

from heluo.engines.credentials.access import Permission
from heluo.kernel.actors.enums import Role
from heluo.kernel.actors.public import HeluoApp, Manifest


class CredentialsApp(HeluoApp):
    name = "heluo.engines.credentials"
    label = "credentials"
    manifest = Manifest(
        title=_("可验证的证书"),
        grants={Role.OPERATOR: {Permission.ROTATE}},
        kinds={"signing_key": _("证书的签名密钥")},
        deeds={"credentials.key_rotated": _("更换了证书的签名密钥")},
    )
