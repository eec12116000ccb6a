"""Wiring and manifest of the app."""

from django.utils.translation import gettext_lazy as _

from heluo.kernel.actors.public import HeluoApp, Manifest


class CatalogueApp(HeluoApp):
    name = "heluo.engines.catalogue"
    label = "catalogue"
    manifest = Manifest(title=_("目录"))
