"""What runs in the background: due sources begin, runs go on, records are read again."""

from contextlib import suppress
from time import monotonic

from django.utils import translation
from django.utils.translation import gettext_lazy as _

from heluo.gateways.harvesting.actions import (
    COMPARE_TASK,
    HARVESTER,
    READ_AGAIN_TASK,
    RUN_TASK,
    begin_run,
    compare,
    go_on,
    read_again,
)
from heluo.gateways.harvesting.actions.running import FORSAKEN_AFTER
from heluo.gateways.harvesting.errors import AlreadyRunning, Paused
from heluo.gateways.harvesting.models import Run, Source
from heluo.gateways.harvesting.queries import due_sources, forsaken_runs, uncompared_sources
from heluo.kernel.clock.public import now
from heluo.kernel.jobs.public import pulse, task

EVERY, HOURLY = 60, 3600
SECONDS = 240
"""After which a job makes room for others, and another goes on."""
AT_ONCE = 50
LANGUAGE = "zh-hans"


@task(name=RUN_TASK, title=_("采集目录"), idempotent=True)
def harvest(*, run_id: int) -> None:
    """A run that waits is taken up by the pulse."""
    until = monotonic() + SECONDS
    with translation.override(LANGUAGE):
        while (at := go_on(run_id=run_id, now=now())) is not None and at <= now():
            if monotonic() > until:
                harvest.defer(run_id=run_id)
                return


@pulse(every=EVERY, title=_("安排目录采集"))
def begin() -> None:
    """Begin what is due; go on with what waited, or was left by a worker that died."""
    present = now()
    for source in due_sources(present)[:AT_ONCE]:
        with suppress(AlreadyRunning, Paused):
            begin_run(by=HARVESTER, source=source, now=present)
    for run_id in list(forsaken_runs(present).values_list("pk", flat=True)[:AT_ONCE]):
        Run.objects.filter(pk=run_id).update(next_at=present + FORSAKEN_AFTER)
        harvest.defer(run_id=run_id)


@task(name=COMPARE_TASK, title=_("核对采集的完整"), idempotent=True)
def hold_against_proof(*, source_id: int) -> None:
    source = Source.objects.select_related("organisation").filter(pk=source_id).first()
    if source is not None:
        compare(source=source, now=now())


@pulse(every=HOURLY, title=_("安排完整性核对"))
def order_comparisons() -> None:
    """Once a day for each source."""
    for source_id in uncompared_sources(now())[:AT_ONCE]:
        hold_against_proof.defer(source_id=source_id)


@task(name=READ_AGAIN_TASK, title=_("重读采集来的记录"), idempotent=True)
def read_records_again(*, source_id: int, value: str, after: int) -> None:
    source = Source.objects.select_related("organisation").filter(pk=source_id).first()
    if source is None:
        return
    further = read_again(source=source, value=value, after=after, now=now())
    if further is not None:
        read_records_again.defer(source_id=source_id, value=value, after=further)
