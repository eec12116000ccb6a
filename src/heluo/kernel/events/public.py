"""What the rest of the house calls: `from heluo.kernel.events.public import Event, announce, subscribe`."""

from heluo.kernel.events.horizon import advance_horizon, released
from heluo.kernel.events.models import CommitOrdered, below_horizon
from heluo.kernel.events.outbox import announce
from heluo.kernel.events.queries import Backlog, backlog
from heluo.kernel.events.registry import Announcement, Event, subscribe
from heluo.kernel.events.tickets import followable, stream_ticket

__all__ = [
    "Announcement",
    "Backlog",
    "CommitOrdered",
    "Event",
    "advance_horizon",
    "announce",
    "backlog",
    "below_horizon",
    "followable",
    "released",
    "stream_ticket",
    "subscribe",
]
