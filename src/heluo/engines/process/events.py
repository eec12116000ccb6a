"""What the process engine announces. `heluo.engines.process.listeners` makes notices of it for those it concerns."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from heluo.kernel.events.public import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessMoved(Event):
    """A process instance took a step: started, done, fired, finished, withdrawn."""

    name: ClassVar[str] = "process.moved"
    instance: UUID
    process: str
    kind: str
    subject: UUID
    state: str
    lists: tuple[str, ...]
    """The live topics of the lists of work in which something came or went."""

    def topics(self) -> tuple[str, ...]:
        return (f"process:{self.instance}", f"subject:{self.subject}", *self.lists)


@dataclass(frozen=True, slots=True, kw_only=True)
class StepHandedOver(Event):
    """Somebody handed a step over to a colleague."""

    name: ClassVar[str] = "process.step_handed_over"
    item: UUID
    to: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadlinesCame(Event):
    """The deadlines of some open steps are near, or over."""

    name: ClassVar[str] = "process.deadlines_came"
    items: tuple[UUID, ...]
    are_over: bool
