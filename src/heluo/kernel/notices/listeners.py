"""Who may follow which notices live."""

from heluo.kernel.actors.public import Actor
from heluo.kernel.events.public import followable
from heluo.kernel.notices.queries import TOPIC


@followable(TOPIC)
def _own_notices(actor: Actor, key: str) -> bool:
    return actor.person_id is not None and str(actor.person_id) == key
