"""What happens in data quality, in the past tense."""

from dataclasses import dataclass
from uuid import UUID

from heluo.kernel.events.public import Event

RUN = "quality-run"
"""Kind of the live topic of a run: `quality-run:<id>`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunAdvanced(Event):
    """A run has finished one more rule."""

    name = "quality.run_advanced"
    run: int

    def topics(self) -> tuple[str, ...]:
        return (f"{RUN}:{self.run}",)


@dataclass(frozen=True, slots=True, kw_only=True)
class QualityChecked(Event):
    """A whole run is done; scores and tickets below an organisation are new."""

    name = "quality.checked"
    run: int
    organisation: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketAnswered(Event):
    """A ticket was explained, excused or sent back."""

    name = "quality.ticket_answered"
    ticket: UUID
    state: str
