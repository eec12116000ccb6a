"""Who may do what with sign-in: everybody with their own account, the platform with any."""

from enum import StrEnum
from typing import TYPE_CHECKING
from uuid import UUID

from heluo.kernel.actors.enums import OFFICER_ROLES, ActorKind
from heluo.kernel.actors.errors import NotFound
from heluo.kernel.actors.public import Actor

if TYPE_CHECKING:  # the manifest imports this module before any model may be loaded
    from heluo.kernel.people.models import Account


class Permission(StrEnum):
    """What roles may be granted here."""

    CONNECT_SYSTEMS = "access.connect_systems"
    """Let another system sign people in with their Heluo accounts, or stop it."""
    RESET = "access.reset"
    """Take away every way into an account and give it a new beginning: whoever has the machine, no role."""


def require_own(by: Actor, account: "Account") -> UUID:
    """Refuse unless this is one's own account, or the platform at work. Gives the person's id."""
    owner = account.person.uuid
    if by.kind != ActorKind.PLATFORM and by.person_id != owner:
        raise NotFound
    return owner


def needs_second_factor(actor: Actor, account: "Account") -> bool:
    """Whether this account must sign in with a second factor: officers and operators, except in the demo."""
    return not account.is_demo and not actor.roles.isdisjoint(OFFICER_ROLES)
