"""What the catalogue announces."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from heluo.kernel.events.public import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryPublished(Event):
    name: ClassVar[str] = "catalogue.entry_published"
    identifier: UUID
    kind: str
    version: int

    def topics(self) -> tuple[str, ...]:
        return (f"entry:{self.identifier}",)


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryWithdrawn(Event):
    name: ClassVar[str] = "catalogue.entry_withdrawn"
    identifier: UUID
    kind: str

    def topics(self) -> tuple[str, ...]:
        return (f"entry:{self.identifier}",)


@dataclass(frozen=True, slots=True, kw_only=True)
class EntriesPublished(Event):
    """Many entries were published at once. Which ones, the change log says."""

    name: ClassVar[str] = "catalogue.entries_published"
    count: int
    kinds: tuple[str, ...]

    def topics(self) -> tuple[str, ...]:
        return tuple(f"entries:{kind}" for kind in self.kinds)


@dataclass(frozen=True, slots=True, kw_only=True)
class EntriesWithdrawn(Event):
    """Many entries were withdrawn at once. Which ones, the change log says."""

    name: ClassVar[str] = "catalogue.entries_withdrawn"
    count: int
    kinds: tuple[str, ...]

    def topics(self) -> tuple[str, ...]:
        return tuple(f"entries:{kind}" for kind in self.kinds)
