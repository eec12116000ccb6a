"""Rules of the routes that others wrote, one by one; our own pages wear theirs."""

from collections.abc import Callable

from django.urls import ResolverMatch

from heluo.kernel.actors.enums import Audience
from heluo.kernel.pages.rules import PageRule

PUBLIC_WRITE = PageRule(may=Audience.PUBLIC, may_write=True)
SIGNED_IN_WRITE = PageRule(may=Audience.SIGNED_IN, may_write=True)

THIRD_PARTY_RULES: dict[str, PageRule] = {
    "account_login": PUBLIC_WRITE,
    "account_logout": SIGNED_IN_WRITE,
    "account_change_password": SIGNED_IN_WRITE,
    "account_reauthenticate": SIGNED_IN_WRITE,
    "set_language": PUBLIC_WRITE,
}
"""View name → rule. A third-party route that is not here is closed."""


def rule_for(view: Callable[..., object], match: ResolverMatch) -> PageRule | None:
    """The rule of a route, or None when nobody opened it."""
    own = getattr(view, "rule", None)
    return own if isinstance(own, PageRule) else THIRD_PARTY_RULES.get(match.view_name)
