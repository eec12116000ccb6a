"""What processes hear from elsewhere, and who may follow which lists of work live."""

from collections.abc import Sequence

from heluo.engines.process.actions import recount_deadlines
from heluo.engines.process.queries import LIST, lists_of
from heluo.kernel.actors.public import Actor
from heluo.kernel.calendar.events import CalendarChanged
from heluo.kernel.events.public import Announcement, followable, subscribe


@followable(LIST)
def _own_lists(actor: Actor, key: str) -> bool:
    return f"{LIST}:{key}" in lists_of(actor)


@subscribe(CalendarChanged)
def recount_after_the_calendar(announcements: Sequence[Announcement[CalendarChanged]]) -> None:
    """Deadlines in working days follow the calendar. Hearing it twice changes nothing."""
    recount_deadlines(
        since=min(heard.event.first for heard in announcements), now=max(heard.at for heard in announcements)
    )
