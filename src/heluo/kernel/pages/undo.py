"""Undo: a small removal is said with a button that takes it back.

    offer_undo(request, _("已移除“{name}”。"), action=address, fields={"restore": uuid, "place": 2}, target="files")

The button sends `fields` to `action`, whose page does the opposite. With scripts the answer replaces the element
`target`; without, the browser goes there. The offer lasts as long as the message is shown.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from django.contrib import messages
from django.contrib.messages.storage.base import Message
from django.http import HttpRequest


@dataclass(frozen=True, slots=True)
class Undo:
    """What the button sends, and where."""

    action: str
    fields: Mapping[str, str]
    target: str = ""


def offer_undo(request: HttpRequest, text: str, *, action: str, fields: Mapping[str, object], target: str = "") -> None:
    """Say what was removed, with the button that takes it back."""
    sent = {"action": action, "fields": {name: str(value) for name, value in fields.items()}, "target": target}
    messages.success(request, text, extra_tags=json.dumps(sent))


def undo_in(message: Message) -> Undo | None:
    """The offer that a message carries."""
    return Undo(**json.loads(message.extra_tags)) if (message.extra_tags or "").startswith("{") else None
