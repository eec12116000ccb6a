"""What the workbench shows to operators: whether something needs them."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from heluo.kernel.actors.public import Actor
from heluo.kernel.jobs.enums import JobState
from heluo.kernel.jobs.public import job_counts, worker_alive
from heluo.kernel.pages.blocks import Block, Figure, Slot, workbench_block
from heluo.portal.operations.access import Permission


@workbench_block("operations.condition", slot=Slot.WAITING, may=Permission.VIEW, order=30)
def condition(_actor: Actor) -> Block:
    """Failed and stalled jobs, and whether a worker lives."""
    counts = job_counts()
    jobs = reverse("operations:jobs")
    return Block(
        title=_("平台运行"),
        template="operations/blocks/condition.html",
        context={"is_alive": worker_alive(), "failed": counts[JobState.FAILED]},
        figures=tuple(
            Figure(label, counts[state], f"{jobs}?state={state.value}")
            for state, label in (
                (JobState.FAILED, _("失败的任务")),
                (JobState.STALLED, _("停滞的任务")),
                (JobState.WAITING, _("等待执行的任务")),
            )
        ),
        url=reverse("operations:overview"),
        link=_("看运行状况"),
    )
