"""Timers: what is due fires, each in a transaction of its own."""

import structlog
from django.utils.translation import gettext_lazy as _

from heluo.engines.process.actions import fire_timer, put_off_timer
from heluo.engines.process.queries import due_timers
from heluo.kernel.clock.public import now
from heluo.kernel.jobs.public import pulse

AT_ONCE = 500
"""Timers of one round; the next round takes the next."""
_log = structlog.get_logger("heluo.process")


@pulse(every=5, title=_("查看到时的流程"))
def fire_due() -> None:
    """Fire what is due. One that fails is put off and noted at its process, and keeps no other waiting."""
    at = now()
    for timer in due_timers(at, AT_ONCE):
        try:
            fire_timer(timer=timer, now=at)
        except Exception as trouble:  # whatever it is, the other processes go on
            _log.exception("timer failed", timer=timer)
            put_off_timer(timer=timer, trouble=str(trouble) or type(trouble).__name__, now=at)
