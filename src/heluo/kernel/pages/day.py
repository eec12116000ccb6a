"""The day a page is asked about: `?on=YYYY-MM-DD` shows the register as it was; without it, as it is."""

from dataclasses import dataclass
from datetime import date

from django.http import QueryDict

from heluo.kernel.clock.public import local_day, now
from heluo.kernel.pages.listing import address
from heluo.kernel.pages.rules import PageRequest

ON = "on"


@dataclass(frozen=True, slots=True)
class ShownDay:
    """The day a page shows. `past` is None where it shows the present."""

    today: date
    past: date | None
    present_url: str
    query: QueryDict

    @property
    def day(self) -> date:
        return self.past or self.today

    @property
    def suffix(self) -> str:
        """What links to other pages of the register carry on, so that one stays in that day."""
        return f"?{ON}={self.past.isoformat()}" if self.past else ""

    @property
    def others(self) -> list[tuple[str, str]]:
        """The other parameters of the address, which the form that changes the day keeps."""
        return [(name, value) for name, values in self.query.lists() if name not in {ON, "cursor"} for value in values]


def shown_day(request: PageRequest) -> ShownDay:
    """Read the day from the address. What is no day, or is not past, means the present."""
    today = local_day(now())
    try:
        asked = date.fromisoformat(request.GET.get(ON, ""))
    except ValueError:
        asked = today
    past = asked if asked < today else None
    return ShownDay(today, past, request.path + address(request.GET, {ON: []}).rstrip("?"), request.GET)
