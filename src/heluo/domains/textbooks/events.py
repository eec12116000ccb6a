"""What happens to the textbook tree, in the past tense."""

from dataclasses import dataclass
from uuid import UUID

from heluo.kernel.events.public import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class TextbookImported(Event):
    """A file of the tree was taken over. Which nodes changed and how, the audit says."""

    name = "textbooks.textbook_imported"

    batch: UUID
    new: int
    changed: int
    withdrawn: int

    def topics(self) -> tuple[str, ...]:
        return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TextbookWithdrawn(Event):
    """A textbook with its chapters went out of use."""

    name = "textbooks.textbook_withdrawn"

    textbook: UUID

    def topics(self) -> tuple[str, ...]:
        return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TextbookRestored(Event):
    """A textbook that was out of use came back as the same node."""

    name = "textbooks.textbook_restored"

    textbook: UUID

    def topics(self) -> tuple[str, ...]:
        return ()
