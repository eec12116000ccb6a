"""What runs in the background."""

from django.utils.translation import gettext_lazy as _

from heluo.domains.resources.actions import sum_up_uses
from heluo.domains.resources.actions.sheets import SUBMIT_TASK, submit_sheet
from heluo.domains.resources.models import DraftSheet
from heluo.kernel.clock.public import now
from heluo.kernel.jobs.public import pulse, task

SECONDS = 600


@pulse(every=SECONDS, title=_("汇总各单位资源的使用次数"))
def sum_up() -> None:
    """Counts of days into sums of places."""
    sum_up_uses()


@task(name=SUBMIT_TASK, title=_("成批提交资源审核"), idempotent=True, retries=2)
def submit(*, sheet: int) -> None:
    found = DraftSheet.objects.select_related("author").filter(pk=sheet).first()
    if found is not None:
        submit_sheet(sheet=found, now=now())
