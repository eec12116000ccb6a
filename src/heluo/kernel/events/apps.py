"""Wiring and manifest of the app."""

from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _

from heluo.kernel.actors.public import HeluoApp, Manifest


class EventsApp(HeluoApp):
    name = "heluo.kernel.events"
    label = "events"
    manifest = Manifest(title=_("事件"))

    def ready(self) -> None:
        autodiscover_modules("listeners")
