"""Reminding of deadlines: what is near or over is announced once, many steps at a time."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q

from heluo.engines.process.actions.moving import CLOCK
from heluo.engines.process.enums import ItemState, Reminder
from heluo.engines.process.events import DeadlinesCame
from heluo.engines.process.models import WorkItem
from heluo.kernel.events.public import announce

AT_ONCE = 500


def remind(*, now: datetime) -> int:
    """Announce the steps whose deadline came near or passed since it was last done; gives how many.

    One that is over by now is not called near any more. A deadline that moves is told of once all the same.
    """
    over = Q(due_at__lte=now, reminder__lt=Reminder.OVER)
    near = Q(warn_at__lte=now, reminder=Reminder.NONE) & (Q(due_at=None) | Q(due_at__gt=now))
    return _all(over, Reminder.OVER, now) + _all(near, Reminder.NEAR, now)


def _all(due: Q, reminder: Reminder, now: datetime) -> int:
    count = 0
    while some := _some(due, reminder, now):
        count += some
        if some < AT_ONCE:
            break
    return count


@transaction.atomic
def _some(due: Q, reminder: Reminder, now: datetime) -> int:
    """What another worker has in hand is left to it."""
    waiting = WorkItem.objects.select_for_update(skip_locked=True, of=("self",)).filter(due, state=ItemState.OPEN)
    items = dict(waiting.order_by("pk").values_list("pk", "uuid")[:AT_ONCE])
    if items:
        WorkItem.objects.filter(pk__in=items).update(reminder=reminder)
        event = DeadlinesCame(items=tuple(items.values()), are_over=reminder == Reminder.OVER)
        announce(event, by=CLOCK, at=now)
    return len(items)
