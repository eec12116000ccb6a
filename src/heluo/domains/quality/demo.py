"""This app's share of the demo: the first check of everything that is registered."""

from collections.abc import Callable
from datetime import datetime

from django.db.models import Max

from heluo.domains.quality.actions import carry_out_run, order_run
from heluo.domains.quality.enums import RunState
from heluo.domains.quality.jobs import CHECKER
from heluo.domains.quality.models import Run
from heluo.kernel.organisations.demo.share import ONE_OF
from heluo.kernel.organisations.models import Organisation
from heluo.kernel.people.models import Person


def build(*, size: str, say: Callable[[str], None], now: datetime) -> None:
    """Check the whole tree once; in a large demo again when people came since. An interrupted check goes on."""
    newest = Person.objects.aggregate(newest=Max("created_at"))["newest"] if size in ONE_OF else None
    for top in Organisation.objects.filter(parent=None, closed_on=None):
        runs = Run.objects.filter(organisation=top)
        run = runs.exclude(state=RunState.DONE).first()
        if run is None:
            if (runs.filter(ended_at__gte=newest) if newest else runs).exists():
                continue
            run = order_run(by=CHECKER, organisation=top, now=now)
        run = carry_out_run(by=CHECKER, run=run, now=now)
        say(f"数据质量：检查 {run.checked} 项，发现 {run.found} 项")
