"""Wiring and manifest of the app."""

from django.utils.translation import gettext_lazy as _

from heluo.kernel.actors.public import HeluoApp, Manifest


class OaiPmhApp(HeluoApp):
    name = "heluo.gateways.oaipmh"
    label = "oaipmh"
    manifest = Manifest(title=_("目录采集接口"))
