"""What a signed-in person must do before anything else: one gate at a time, in this order.

1. A child under 14 waits for a guardian's consent and sees only that.
2. An initial password is changed.
3. Officers and operators set up a second factor (accounts of the demo are exempt).
"""

from collections.abc import Callable
from dataclasses import dataclass

from allauth.account.internal.flows.login import get_authentication_records
from allauth.mfa.models import Authenticator
from django.http import HttpRequest

from heluo.kernel.access.access import needs_second_factor
from heluo.kernel.access.errors import ConsentNeeded, PasswordChangeNeeded, SecondFactorNeeded
from heluo.kernel.access.resolution import Identity
from heluo.kernel.actors.enums import Role
from heluo.kernel.actors.errors import Refusal
from heluo.kernel.actors.public import Actor
from heluo.kernel.clock.public import local_day, now
from heluo.kernel.people.models import Account
from heluo.kernel.people.public import needs_consent

SECOND_FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
ALWAYS_OPEN = frozenset({"account_logout", "set_language"})


@dataclass(frozen=True, slots=True)
class Gate:
    """Where to send the person, what stays open meanwhile, and what a program is told instead."""

    holds: Callable[[HttpRequest, Actor, Account], bool]
    route: str
    refusal: type[Refusal]
    open_routes: frozenset[str]


def _awaits_consent(_request: HttpRequest, actor: Actor, account: Account) -> bool:
    person = account.person
    if person.born_on is None and Role.PUPIL not in actor.roles:
        return False  # adults whose birthday nobody recorded: spares them a query at each page
    return needs_consent(person, on=local_day(now()))


def _has_initial_password(_request: HttpRequest, _actor: Actor, account: Account) -> bool:
    return account.must_change_password


def _lacks_second_factor(request: HttpRequest, actor: Actor, account: Account) -> bool:
    if not needs_second_factor(actor, account):
        return False
    used = any(record.get("method") == "mfa" for record in get_authentication_records(request, account))
    return not used and not Authenticator.objects.filter(user=account, type__in=SECOND_FACTORS).exists()


GATES = (
    Gate(
        holds=_awaits_consent,
        route="access:waiting",
        refusal=ConsentNeeded,
        open_routes=frozenset({"access:waiting"}),
    ),
    Gate(
        holds=_has_initial_password,
        route="account_change_password",
        refusal=PasswordChangeNeeded,
        open_routes=frozenset({"account_change_password"}),
    ),
    Gate(
        holds=_lacks_second_factor,
        route="mfa_index",
        refusal=SecondFactorNeeded,
        open_routes=frozenset(
            {
                "mfa_index",
                "mfa_activate_totp",
                "mfa_add_webauthn",
                "account_reauthenticate",
                "account_change_password",
                "account_set_password",
            }
        ),
    ),
)


def gate_before(request: HttpRequest, identity: Identity, view_name: str) -> Gate | None:
    """The gate that stands between a person and a route, or None."""
    account = identity.account
    if account is None or view_name in ALWAYS_OPEN:
        return None
    for gate in GATES:
        if gate.holds(request, identity.actor, account):
            return None if view_name in gate.open_routes else gate
    return None
