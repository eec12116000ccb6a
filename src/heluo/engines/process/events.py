"""What the process engine announces."""

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

    def topics(self) -> tuple[str, ...]:
        return (f"process:{self.instance}", f"subject:{self.subject}")
