"""What the calendar announces."""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from heluo.kernel.events.public import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarChanged(Event):
    """Some days from `first` to `last` (both included) are working days now, or no longer."""

    name: ClassVar[str] = "calendar.changed"
    first: date
    last: date
