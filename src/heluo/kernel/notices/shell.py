"""Context processor of the bell in the header: how many notices are unread, asked only where it is shown."""

from typing import Any

from django.http import HttpRequest
from django.utils.functional import cached_property

from heluo.kernel.actors.public import PUBLIC_ACTOR, Actor
from heluo.kernel.notices.queries import MOST_COUNTED, TOPIC, unread_count


class Bell:
    """What the header shows of notices."""

    template = "notices/bell.html"

    def __init__(self, actor: Actor) -> None:
        self._actor = actor

    @property
    def is_there(self) -> bool:
        return self._actor.person_id is not None

    @property
    def topic(self) -> str:
        return f"{TOPIC}:{self._actor.person_id}"

    @cached_property
    def unread(self) -> int:
        return unread_count(self._actor.person_id) if self._actor.person_id else 0

    @property
    def shown(self) -> str:
        """The number as it stands beside the bell."""
        return f"{MOST_COUNTED}+" if self.unread > MOST_COUNTED else str(self.unread)


def bell(request: HttpRequest) -> dict[str, Any]:
    """Puts `bell` into every template's context."""
    return {"bell": Bell(getattr(request, "actor", PUBLIC_ACTOR))}
