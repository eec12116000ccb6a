"""Wiring and manifest of the app."""

from django.utils.translation import gettext_lazy as _

from heluo.kernel.actors.public import HeluoApp, Manifest


class WorkbenchApp(HeluoApp):
    name = "heluo.portal.workbench"
    label = "workbench"
    manifest = Manifest(title=_("工作台"))
