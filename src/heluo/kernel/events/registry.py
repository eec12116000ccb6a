"""Event types and their listeners, known by name."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, Generic, TypeVar
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """A fact in the past tense. Subclasses are frozen dataclasses of ids and plain values, and set `name`.

    `name` is `<app>.<what_happened>` and never changes, because stored announcements carry it.
    """

    name: ClassVar[str]

    def topics(self) -> tuple[str, ...]:
        """Live topics whose followers should look again, e.g. `("person:<uuid>",)`."""
        return ()


E = TypeVar("E", bound=Event)


@dataclass(frozen=True, slots=True)
class Announcement(Generic[E]):
    """An event with who caused it and when."""

    event: E
    by: UUID | None
    at: datetime


Listener = Callable[[Sequence[Announcement[Any]]], None]

_listeners: dict[str, dict[str, Listener]] = defaultdict(dict)
_event_types: dict[str, type[Event]] = {}


def subscribe(event_type: type[E]) -> Callable[[Callable[[Sequence[Announcement[E]]], None]], Listener]:
    """Decorate a listener: it is called with batches of this event, after the commit, at least once each."""

    def register(listener: Callable[[Sequence[Announcement[E]]], None]) -> Listener:
        _event_types[event_type.name] = event_type
        _listeners[event_type.name][f"{listener.__module__}.{listener.__qualname__}"] = listener
        return listener

    return register


def listeners_of(event_name: str) -> dict[str, Listener]:
    """Listener name → listener, for one event name; empty where nobody subscribed."""
    return _listeners.get(event_name, {})


def event_type_named(name: str) -> type[Event]:
    return _event_types[name]
