"""Context processor of the shell: navigation, theme, search address, account mark. Lazy; no query of its own."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.crypto import salted_hmac

from heluo.kernel.actors.public import PUBLIC_ACTOR
from heluo.kernel.pages.navigation import Navigation

THEMES = frozenset({"light", "dark"})


class Shell:
    """What `shell.html` asks about the request."""

    def __init__(self, request: HttpRequest) -> None:
        self._request = request
        self.navigation = Navigation(request)

    @property
    def actor(self) -> object:
        return getattr(self._request, "actor", PUBLIC_ACTOR)

    @property
    def theme(self) -> str:
        """The reader's choice, or nothing to follow the device."""
        choice = self._request.COOKIES.get("theme", "")
        return choice if choice in THEMES else ""

    @property
    def search_url(self) -> str:
        """Where the search box leads; empty while no app offers `settings.SEARCH_ROUTE`."""
        return _address(settings.SEARCH_ROUTE)

    @property
    def sign_in_url(self) -> str:
        return _address(settings.LOGIN_URL)

    @property
    def account_mark(self) -> str:
        """Differs from account to account and says nothing about it: tells the browser when to forget kept pages."""
        person = getattr(self.actor, "person_id", None)
        return salted_hmac("heluo.kernel.pages.account", str(person)).hexdigest()[:16] if person else ""


def _address(route: str) -> str:
    try:
        return reverse(route)
    except NoReverseMatch:
        return ""


def shell(request: HttpRequest) -> dict[str, Any]:
    """Puts `shell` into every template's context."""
    return {"shell": Shell(request)}
