"""Pulses that hand on what was announced."""

from django.utils.translation import gettext_lazy as _

from heluo.kernel.events.horizon import advance_horizon
from heluo.kernel.events.outbox import TAKEN_AT_ONCE, dispatch
from heluo.kernel.jobs.public import pulse


@pulse(every=0.3, title=_("分发事件"))
def dispatch_announcements() -> None:
    while dispatch() == TAKEN_AT_ONCE:
        pass


@pulse(every=0.3, title=_("推进变更日志的可读界线"))
def move_horizon() -> None:
    advance_horizon()
