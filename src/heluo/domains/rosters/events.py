"""What happens to roster batches, in the past tense."""

from dataclasses import dataclass
from uuid import UUID

from heluo.kernel.events.public import Event

TOPIC = "roster"
"""Kind of the live topic of one batch: `roster:<uuid>`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchMoved(Event):
    """A batch has come further; its page looks again."""

    name = "rosters.batch_moved"
    batch: UUID

    def topics(self) -> tuple[str, ...]:
        return (f"{TOPIC}:{self.batch}",)


@dataclass(frozen=True, slots=True, kw_only=True)
class RosterImported(Event):
    """A roster is in the register: one event for the whole batch."""

    name = "rosters.roster_imported"
    batch: UUID
    scope: UUID

    def topics(self) -> tuple[str, ...]:
        return (f"{TOPIC}:{self.batch}",)
