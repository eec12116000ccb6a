"""Time: pauses that end, and timers that are due, each in a transaction of its own."""

from django.utils.translation import gettext_lazy as _

from heluo.engines.process.actions import end_pause, fire_or_put_off, remind
from heluo.engines.process.queries import due_timers, ending_pauses
from heluo.kernel.clock.public import now
from heluo.kernel.jobs.public import pulse

AT_ONCE = 500
"""Timers of one round; the next round takes the next."""


@pulse(every=5, title=_("查看到时的流程"))
def fire_due() -> None:
    """Let go on what was paused until now, then fire what is due; a timer that fails keeps no other waiting."""
    at = now()
    for instance in ending_pauses(at, AT_ONCE):
        end_pause(instance=instance, now=at)
    for timer in due_timers(at, AT_ONCE):
        fire_or_put_off(timer=timer, now=at)


@pulse(every=30, title=_("提醒临近和超过的办理期限"))
def remind_of_deadlines() -> None:
    remind(now=now())
