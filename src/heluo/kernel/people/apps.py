"""Wiring and manifest of the app."""

from django.utils.translation import gettext_lazy as _

from heluo.kernel.actors.public import HeluoApp, Manifest


class PeopleApp(HeluoApp):
    name = "heluo.kernel.people"
    label = "people"
    manifest = Manifest(title=_("人员"))
