"""Who may follow a batch live."""

from uuid import UUID

from heluo.domains.rosters.access import importable
from heluo.domains.rosters.events import TOPIC
from heluo.domains.rosters.models import RosterBatch
from heluo.kernel.actors.public import Actor
from heluo.kernel.events.public import followable


@followable(TOPIC)
def may_follow_batch(actor: Actor, key: str) -> bool:
    try:
        uuid = UUID(key)
    except ValueError:
        return False
    return RosterBatch.objects.filter(importable(actor), uuid=uuid).exists()
