"""Who may import rosters: administrators for their school, county officers for the schools below them."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from django.db.models import Q

from heluo.kernel.actors.public import Actor, within

if TYPE_CHECKING:  # the manifest reads the permissions before models can be loaded
    from heluo.domains.rosters.models import RosterBatch


class Permission(StrEnum):
    IMPORT = "rosters.import"
    """Import the roster of one's school, or of the schools below one's bureau."""
    PRINT = "rosters.print"
    """Print activation codes for people who have not signed in yet."""


def importable(actor: Actor) -> Q:
    """Batches of places where the actor imports."""
    return within(actor, Permission.IMPORT, "scope__path")


def is_openers(actor: Actor, batch: RosterBatch) -> bool:
    """Whether the actor brought the file: only they may take it back in clear."""
    return actor.person_id is not None and batch.opened_by.uuid == actor.person_id
