"""Notices that were kept long enough go."""

from django.utils.translation import gettext_lazy as _

from heluo.kernel.clock.public import now
from heluo.kernel.jobs.public import pulse
from heluo.kernel.notices.actions import AT_ONCE, forget_old

HOUR = 3600


@pulse(every=HOUR, title=_("清理过期的通知"))
def forget() -> None:
    while forget_old(now=now()) == AT_ONCE:
        pass
