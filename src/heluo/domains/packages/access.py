"""Who may play a package: whoever may open the file, wherever it hangs. Progress is everybody's own."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

if TYPE_CHECKING:  # domains register before models can be loaded
    from heluo.kernel.actors.public import Actor
    from heluo.kernel.files.models import StoredFile


@dataclass(frozen=True, slots=True)
class Place:
    """Where a file hangs, for somebody who may open it there."""

    title: str
    url: str
    subject: tuple[str, UUID] | None = None
    """Kind and identifier of what everybody sees it in: being finished is counted there."""


Opener = Callable[["Actor", Collection[UUID]], Mapping[UUID, Place]]
_openers: list[Opener] = []


def opens(opener: Opener) -> None:
    """Let a domain say which files an actor may open, and where. Called from the domain's `AppConfig.ready`."""
    if opener not in _openers:
        _openers.append(opener)


def places_of(actor: Actor, files: Collection[UUID]) -> dict[UUID, Place]:
    """Those of the files that the actor may open because somebody shows them, each with one place."""
    found: dict[UUID, Place] = {}
    for opener in _openers:
        for uuid, place in opener(actor, files).items():
            found.setdefault(uuid, place)
    return found


def is_owner(actor: Actor, file: StoredFile) -> bool:
    return actor.person_id is not None and file.owner_id == actor.person_id
