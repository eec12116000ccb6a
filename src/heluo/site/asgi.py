"""Live updates, under ASGI. Pages and API are in `wsgi`."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "heluo.site.settings")
django.setup()

from heluo.kernel.events.stream import make_application  # noqa: E402  # Django's settings come first

application = make_application()
