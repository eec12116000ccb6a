"""What feedback announces. No event names who likes what."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from heluo.kernel.events.public import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class SubjectRated(Event):
    name: ClassVar[str] = "feedback.subject_rated"
    kind: str
    subject: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class CommentMade(Event):
    """Somebody wrote a comment; it waits for a moderator."""

    name: ClassVar[str] = "feedback.comment_made"
    comment_id: int
    kind: str
    subject: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class CommentDecided(Event):
    """A comment is shown, hidden or taken back from now on."""

    name: ClassVar[str] = "feedback.comment_decided"
    comment_id: int
    kind: str
    subject: UUID
    state: str

    def topics(self) -> tuple[str, ...]:
        return (f"feedback:{self.kind}:{self.subject}",)
