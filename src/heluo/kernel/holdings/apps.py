"""Wiring and manifest of the app."""

from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _

from heluo.kernel.actors.public import HeluoApp, Manifest


class HoldingsApp(HeluoApp):
    name = "heluo.kernel.holdings"
    label = "holdings"
    manifest = Manifest(title=_("个人信息登记"))

    def ready(self) -> None:
        autodiscover_modules("holdings")
