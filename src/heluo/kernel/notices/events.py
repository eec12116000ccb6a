"""What the app announces."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from heluo.kernel.events.public import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticesChanged(Event):
    """Some people have new notices, or have read some."""

    name: ClassVar[str] = "notices.changed"
    people: tuple[UUID, ...]

    def topics(self) -> tuple[str, ...]:
        return tuple(f"notices:{person}" for person in self.people)
