"""Reading, comparing and importing, each safe to run again after a kill; and the clearing away."""

from django.utils.translation import gettext_lazy as _

from heluo.domains.rosters.actions import compare_batch, correct_batch, discard_old, import_batch, read_batch
from heluo.domains.rosters.queries.batches import COMPARE_TASK, CORRECT_TASK, IMPORT_TASK, READ_TASK
from heluo.kernel.clock.public import now
from heluo.kernel.jobs.public import pulse, task


@task(name=READ_TASK, title=_("读取并核对名册"), idempotent=True, retries=2)
def read(*, batch_id: int) -> None:
    read_batch(batch_id=batch_id, now=now())


@task(name=COMPARE_TASK, title=_("把名册与登记核对"), idempotent=True, retries=2)
def compare(*, batch_id: int) -> None:
    compare_batch(batch_id=batch_id, now=now())


@task(name=IMPORT_TASK, title=_("导入名册"), idempotent=True, retries=2)
def run_import(*, batch_id: int) -> None:
    import_batch(batch_id=batch_id, now=now())


@task(name=CORRECT_TASK, title=_("生成名册的改正文件"), idempotent=True, retries=2)
def correct(*, batch_id: int) -> None:
    correct_batch(batch_id=batch_id, now=now())


@pulse(every=3600, title=_("清理过期的名册行"))
def discard() -> None:
    discard_old(now=now())
