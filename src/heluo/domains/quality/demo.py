"""This app's share of the demo: the first check of everything that is registered."""

from collections.abc import Callable
from datetime import datetime

from heluo.domains.quality.actions import carry_out_run, order_run
from heluo.domains.quality.jobs import CHECKER
from heluo.domains.quality.models import Run
from heluo.kernel.organisations.models import Organisation


def build(*, size: str, say: Callable[[str], None], now: datetime) -> None:
    """Check the whole tree once; does nothing twice."""
    for top in Organisation.objects.filter(parent=None, closed_on=None):
        if not Run.objects.filter(organisation=top).exists():
            run = carry_out_run(by=CHECKER, run=order_run(by=CHECKER, organisation=top, now=now), now=now)
            say(f"数据质量：检查 {run.checked} 项，发现 {run.found} 项")
