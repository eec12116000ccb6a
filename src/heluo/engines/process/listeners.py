"""Who may follow which lists of work live."""

from heluo.engines.process.queries import LIST, lists_of
from heluo.kernel.actors.public import Actor
from heluo.kernel.events.public import followable


@followable(LIST)
def _own_lists(actor: Actor, key: str) -> bool:
    return f"{LIST}:{key}" in lists_of(actor)
