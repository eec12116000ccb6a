"""Wiring and manifest of the app."""

from django.utils.translation import gettext_lazy as _

from heluo.kernel.actors.public import HeluoApp, Manifest


class JobsApp(HeluoApp):
    name = "heluo.kernel.jobs"
    label = "jobs"
    manifest = Manifest(title=_("后台任务"))
