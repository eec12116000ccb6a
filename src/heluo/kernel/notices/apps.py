"""Wiring and manifest of the app."""

from django.utils.translation import gettext_lazy as _

from heluo.kernel.actors.public import HeluoApp, Manifest, NavigationEntry, Place


class NoticesApp(HeluoApp):
    name = "heluo.kernel.notices"
    label = "notices"
    manifest = Manifest(
        title=_("通知"),
        navigation=(NavigationEntry(_("通知"), "notices:mine", "bell", Place.WORKBENCH, order=6),),
        actors={"notices": _("通知")},
    )
