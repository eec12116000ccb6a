"""Rules of the routes that others wrote, one by one with the reason; our own pages and operations wear theirs."""

from collections.abc import Callable
from typing import Any

from heluo.kernel.actors.enums import Audience
from heluo.kernel.actors.public import Actor, allows
from heluo.kernel.pages.rules import PageRule

PUBLIC_READ = PageRule(may=Audience.PUBLIC, may_write=False)
PUBLIC_WRITE = PageRule(may=Audience.PUBLIC, may_write=True)
SIGNED_IN_READ = PageRule(may=Audience.SIGNED_IN, may_write=False)
SIGNED_IN_WRITE = PageRule(may=Audience.SIGNED_IN, may_write=True)

THIRD_PARTY_RULES: dict[str, PageRule] = {
    # The way in. Nobody has signed in yet.
    "account_login": PUBLIC_WRITE,
    "account_inactive": PUBLIC_READ,
    "mfa_authenticate": PUBLIC_WRITE,  # second step: the view itself wants a sign-in under way
    "mfa_login_webauthn": PUBLIC_WRITE,  # passkey instead of a password
    "openid_connect_login": PUBLIC_WRITE,  # to the outer sign-in …
    "openid_connect_callback": PUBLIC_WRITE,  # … and back, with state and PKCE checked by the view
    "socialaccount_login_cancelled": PUBLIC_READ,
    "socialaccount_login_error": PUBLIC_READ,
    # The way out: also "cancel" in the second step, when nobody is signed in yet.
    "account_logout": PUBLIC_WRITE,
    # One's own account.
    "account_change_password": SIGNED_IN_WRITE,
    "account_set_password": SIGNED_IN_WRITE,  # accounts that only ever signed in elsewhere
    "account_reauthenticate": SIGNED_IN_WRITE,
    "mfa_index": SIGNED_IN_READ,
    "mfa_reauthenticate": SIGNED_IN_WRITE,
    "mfa_activate_totp": SIGNED_IN_WRITE,
    "mfa_deactivate_totp": SIGNED_IN_WRITE,
    "mfa_view_recovery_codes": SIGNED_IN_WRITE,
    "mfa_generate_recovery_codes": SIGNED_IN_WRITE,
    "mfa_download_recovery_codes": SIGNED_IN_READ,
    "mfa_list_webauthn": SIGNED_IN_READ,
    "mfa_add_webauthn": SIGNED_IN_WRITE,
    "mfa_edit_webauthn": SIGNED_IN_WRITE,
    "mfa_remove_webauthn": SIGNED_IN_WRITE,
    "mfa_reauthenticate_webauthn": SIGNED_IN_WRITE,
    "usersessions_list": SIGNED_IN_WRITE,
    "socialaccount_connections": SIGNED_IN_WRITE,
    # Sign-in for other systems (OpenID Connect provider). Programs come without a session and show their own proof.
    "idp:oidc:configuration": PUBLIC_READ,
    "idp:oidc:jwks": PUBLIC_READ,
    "idp:oidc:authorization": PUBLIC_WRITE,  # sends to sign-in itself, as `prompt` asks
    "idp:oidc:token": PUBLIC_WRITE,
    "idp:oidc:revoke": PUBLIC_WRITE,
    "idp:oidc:userinfo": PUBLIC_READ,
    "idp:oidc:logout": PUBLIC_WRITE,
    # The language of the pages.
    "set_language": PUBLIC_WRITE,
}
"""View name → rule. A third-party route that is not here is closed, each for a reason:

sign-up (accounts come from the register), e-mail addresses and password reset by mail (accounts have none; a school
administrator resets), sign-in by mailed code, sign-up after an outer sign-in (only existing accounts are linked),
device codes and token introspection (nobody needs them yet).
"""


def rule_for(view: Callable[..., Any], view_name: str, method: str) -> PageRule | None:
    """The rule of a route for a method, or None when nobody opened it.

    A view of the API carries one rule per method (`rules`), a page of ours one for all (`rule`).
    """
    by_method = getattr(view, "rules", None)
    if by_method is not None:
        rule: PageRule | None = by_method.get("GET" if method == "HEAD" else method)
        return rule
    own = getattr(view, "rule", None)
    return own if isinstance(own, PageRule) else THIRD_PARTY_RULES.get(view_name)


def opens(rule: PageRule, actor: Actor) -> bool:
    """Whether a rule lets an actor in."""
    if rule.may == Audience.PUBLIC:
        return True
    if rule.may == Audience.SIGNED_IN:
        return actor.is_person
    if rule.may == Audience.PROGRAM:
        return False  # whoever acts here, it is nobody whom a session or a token of the API names
    return actor.is_person and allows(actor, rule.may)
