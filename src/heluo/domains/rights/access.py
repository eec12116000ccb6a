"""Who may do what about rights.

Anybody may complain, signed in or not. Officers take down and restore what their tree has published, never as a party:
neither the author nor whoever complained decides. What other nodes order is theirs to order of their own works alone.
An author sees what becomes of their own works; officers, of those of their tree.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from django.db.models import Q

from heluo.kernel.actors.public import Actor, within

if TYPE_CHECKING:
    from heluo.domains.rights.models import Complaint


class Permission(StrEnum):
    ORDER = "rights.order"
    """Take works of one's tree down and restore them; see complaints about them."""
    REPORT = "rights.report"
    """See what becomes of one's own works."""


def orders_of(actor: Actor) -> Q:
    """Takedowns and complaints about works of the actor's tree."""
    return within(actor, Permission.ORDER)


def is_party(actor: Actor, *, author: object, complaint: Complaint | None) -> bool:
    """Whether the actor wrote the work or complained about it."""
    return actor.person_id is not None and (
        actor.person_id == author or (complaint is not None and actor.person_id == complaint.person)
    )
