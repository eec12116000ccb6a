"""Wiring and manifest of the app."""

from django.utils.translation import gettext_lazy as _

from heluo.kernel.actors.enums import Audience
from heluo.kernel.actors.public import HeluoApp, Manifest, NavigationEntry, Place


class HomeApp(HeluoApp):
    name = "heluo.portal.home"
    label = "home"
    manifest = Manifest(
        title=_("门户首页"),
        navigation=(NavigationEntry(_("首页"), "home:home", "home", Place.PUBLIC, Audience.PUBLIC, 0, on_phone=True),),
    )
