"""Wiring and manifest of the app."""

from django.utils.translation import gettext_lazy as _

from heluo.kernel.actors.public import HeluoApp, Manifest


class PagesApp(HeluoApp):
    name = "heluo.kernel.pages"
    label = "pages"
    manifest = Manifest(title=_("页面"))
