"""Pulses that keep the queue healthy."""

from django.utils.translation import gettext_lazy as _

from heluo.kernel.clock.public import now
from heluo.kernel.jobs.actions import purge_finished_jobs, rescue_stalled_jobs
from heluo.kernel.jobs.registry import pulse


@pulse(every=5, title=_("找回停滞的任务"))
def rescue() -> None:
    rescue_stalled_jobs(now=now())


@pulse(every=3600, title=_("清理七天前完成的任务"))
def purge() -> None:
    while purge_finished_jobs(now=now()):
        pass
