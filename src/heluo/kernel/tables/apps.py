"""Wiring and manifest of the app."""

from django.utils.translation import gettext_lazy as _

from heluo.kernel.actors.public import HeluoApp, Manifest


class TablesApp(HeluoApp):
    name = "heluo.kernel.tables"
    label = "tables"
    manifest = Manifest(title=_("表格"))
