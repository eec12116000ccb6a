"""Which kinds of messages there are, and who applies them.

    register_message("catalogue.entries", title=_("目录条目"), handler=take_entries)   # in `AppConfig.ready`

A handler runs in the transaction that also notes the message as taken. It raises a `Refusal` for what it will not
apply: the message then waits for an officer with that reason, and those after it go on.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.functional import Promise

from heluo.kernel.nodes.vocabulary import Message

Handler = Callable[[Message], None]


@dataclass(frozen=True, slots=True)
class MessageKind:
    """A kind of message: its stable name, its title for people, and who applies it."""

    name: str
    title: str | Promise
    handler: Handler


_kinds: dict[str, MessageKind] = {}


def register_message(kind: str, *, title: str | Promise, handler: Handler) -> None:
    """Let messages of a kind be sent and applied. Called from an app's `AppConfig.ready`."""
    _kinds[kind] = MessageKind(name=kind, title=title, handler=handler)


def kind_named(name: str) -> MessageKind | None:
    return _kinds.get(name)


def all_kinds() -> tuple[MessageKind, ...]:
    return tuple(_kinds[name] for name in sorted(_kinds))
