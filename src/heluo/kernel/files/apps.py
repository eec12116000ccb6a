"""Wiring and manifest of the app."""

from django.utils.translation import gettext_lazy as _

from heluo.kernel.actors.public import HeluoApp, Manifest


class FilesApp(HeluoApp):
    name = "heluo.kernel.files"
    label = "files"
    manifest = Manifest(title=_("文件"))
