"""What happens to requests, in the past tense."""

from dataclasses import dataclass
from uuid import UUID

from heluo.kernel.events.public import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestMoved(Event):
    """A request was made, decided, passed up, objected to or withdrawn."""

    name = "subject_rights.request_moved"
    request: UUID
    state: str
    asked_by: UUID

    def topics(self) -> tuple[str, ...]:
        return (f"person:{self.asked_by}",)
