"""Wiring and manifest of the app."""

from django.utils.translation import gettext_lazy as _

from heluo.kernel.actors.public import HeluoApp, Manifest


class FeedbackApp(HeluoApp):
    name = "heluo.kernel.feedback"
    label = "feedback"
    manifest = Manifest(title=_("互动"))
