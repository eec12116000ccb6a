"""Wiring and manifest of the app."""

from django.utils.translation import gettext_lazy as _

from heluo.kernel.actors.public import HeluoApp, Manifest


class PackagesApp(HeluoApp):
    name = "heluo.domains.packages"
    label = "packages"
    manifest = Manifest(title=_("课件包"))
