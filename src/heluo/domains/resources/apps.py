"""Wiring and manifest of the app."""

from django.utils.translation import gettext_lazy as _

from heluo.kernel.actors.public import HeluoApp, Manifest


class ResourcesApp(HeluoApp):
    name = "heluo.domains.resources"
    label = "resources"
    manifest = Manifest(title=_("资源中心"))
