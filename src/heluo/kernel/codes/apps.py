"""Wiring and manifest of the app."""

from typing import Any

from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _

from heluo.kernel.actors.public import HeluoApp, Manifest


class CodesApp(HeluoApp):
    name = "heluo.kernel.codes"
    label = "codes"
    manifest = Manifest(title=_("代码表"))

    def ready(self) -> None:
        post_migrate.connect(self.load, sender=self)

    def load(self, **_signal: Any) -> None:
        """Bring the shipped tables in after each migration (and after a test database was emptied)."""
        from heluo.kernel.codes.loading import load_codes  # noqa: PLC0415  # models exist only once apps are ready

        load_codes()
