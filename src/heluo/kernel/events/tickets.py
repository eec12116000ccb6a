"""Short signed tickets for the event stream: who may follow which topics."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.core import signing

from heluo.kernel.actors.errors import NotAllowed
from heluo.kernel.actors.public import Actor, require_person

SALT = "heluo.events.stream"
SECONDS_TO_CONNECT = 60
MOST_TOPICS = 20

Checker = Callable[[Actor, str], bool]
_checkers: dict[str, Checker] = {}


def followable(kind: str) -> Callable[[Checker], Checker]:
    """Decorate the function that says whether an actor may follow the topic `<kind>:<key>`; it gets the key."""

    def register(checker: Checker) -> Checker:
        _checkers[kind] = checker
        return checker

    return register


@followable("person")
def _own_affairs(actor: Actor, key: str) -> bool:
    return actor.person_id is not None and str(actor.person_id) == key


def may_follow(actor: Actor, topic: str) -> bool:
    kind, _, key = topic.partition(":")
    checker = _checkers.get(kind)
    return checker is not None and checker(actor, key)


@dataclass(frozen=True, slots=True)
class Ticket:
    person: UUID
    topics: frozenset[str]


class BadTicket(ValueError):
    """Forged, expired or not a ticket."""


def stream_ticket(*, by: Actor, topics: Iterable[str]) -> str:
    """A ticket to connect within a minute and follow these topics; refuses one the actor may not follow."""
    person = require_person(by)
    wanted = sorted(set(topics))
    if len(wanted) > MOST_TOPICS or not all(may_follow(by, topic) for topic in wanted):
        raise NotAllowed
    return signing.dumps({"person": str(person), "topics": wanted}, salt=SALT, compress=True)


def read_ticket(text: str) -> Ticket:
    try:
        stored: dict[str, Any] = signing.loads(text, salt=SALT, max_age=SECONDS_TO_CONNECT)
    except signing.BadSignature as error:
        raise BadTicket from error
    return Ticket(person=UUID(stored["person"]), topics=frozenset(stored["topics"]))
