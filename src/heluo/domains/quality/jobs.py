"""Background entry points: ids in, one action."""

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from heluo.domains.quality.access import Permission
from heluo.domains.quality.actions import carry_out_run, order_run
from heluo.domains.quality.actions.running import RUN_TASK
from heluo.domains.quality.enums import RunState
from heluo.domains.quality.models import Run
from heluo.kernel.actors.public import platform_actor
from heluo.kernel.clock.public import local_day, now
from heluo.kernel.jobs.public import pulse, task
from heluo.kernel.organisations.models import Organisation

CHECKER = platform_actor("quality", {Permission.DECIDE})
HOURLY = 3600
QUIET_HOUR = 2
"""Local hour from which the day's check of the whole tree may begin."""
CHINA = timedelta(hours=8)


@task(name=RUN_TASK, title=_("检查数据质量"), idempotent=True, retries=3)
def run_checks(*, run: int) -> None:
    found = Run.objects.select_related("organisation").filter(pk=run).exclude(state=RunState.DONE).first()
    if found is not None:
        carry_out_run(by=CHECKER, run=found, now=now())


@pulse(every=HOURLY, title=_("安排每日数据质量检查"))
def order_daily_run() -> None:
    """Once a day, before people come to work, everything below each top of the tree."""
    moment = now()
    if (moment + CHINA).hour < QUIET_HOUR:
        return
    for top in Organisation.objects.filter(parent=None, closed_on=None):
        newest = Run.objects.filter(organisation=top).order_by("-id").first()
        if newest is None or local_day(newest.ordered_at) < local_day(moment):
            order_run(by=CHECKER, organisation=top, now=moment)
