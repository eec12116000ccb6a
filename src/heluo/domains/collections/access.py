"""Who may do what with collections.

Everybody signed in keeps collections of their own. Staff share them with a class or a place where they work, and ask
for them to be made public; a reviewer who is not the owner decides. Who may see what is in a collection is decided item
by item: a collection opens nothing that its reader could not open without it.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from django.db.models import Q

from heluo.domains.collections.enums import SharedWith
from heluo.domains.collections.errors import OwnCollection
from heluo.kernel.actors.errors import NotFound
from heluo.kernel.actors.public import Actor, allows, require

if TYPE_CHECKING:  # the manifest reads the permissions before models can be loaded
    from heluo.domains.collections.models import Collection


class Permission(StrEnum):
    KEEP = "collections.keep"
    SHARE = "collections.share"
    REVIEW = "collections.review"
    WITHDRAW = "collections.withdraw"
    """Take a public collection of one's tree from the public."""


def is_owner(actor: Actor, collection: Collection) -> bool:
    return actor.person_id is not None and collection.owner.uuid == actor.person_id


def require_owner(actor: Actor, collection: Collection) -> None:
    """Refuse anybody but who keeps it; to others it is not there."""
    if not is_owner(actor, collection):
        raise NotFound
    require(actor, Permission.KEEP)


def require_reviewer(actor: Actor, collection: Collection) -> None:
    """Refuse unless a reviewer of the owner's place or of a bureau above it, and never the owner."""
    require(actor, Permission.REVIEW, on=collection)
    if is_owner(actor, collection):
        raise OwnCollection


def can_withdraw(actor: Actor, collection: Collection) -> bool:
    return (
        collection.reach == SharedWith.PUBLIC
        and not is_owner(actor, collection)
        and allows(actor, Permission.WITHDRAW, on=collection)
    )


def own(actor: Actor) -> Q:
    """Collections that the actor keeps."""
    return Q(owner__uuid=actor.person_id) if actor.is_person else Q(pk__in=())
