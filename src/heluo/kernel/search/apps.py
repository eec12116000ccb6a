"""Wiring and manifest of the app."""

from django.utils.translation import gettext_lazy as _

from heluo.kernel.actors.public import HeluoApp, Manifest


class SearchApp(HeluoApp):
    name = "heluo.kernel.search"
    label = "search"
    manifest = Manifest(title=_("检索"))
