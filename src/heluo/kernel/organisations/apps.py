"""Wiring and manifest of the app."""

from django.utils.translation import gettext_lazy as _

from heluo.kernel.actors.public import HeluoApp, Manifest


class OrganisationsApp(HeluoApp):
    name = "heluo.kernel.organisations"
    label = "organisations"
    manifest = Manifest(title=_("机构"))
