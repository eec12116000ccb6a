"""What waits, on the workbench."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from heluo.engines.process.pages.showing import rows_of
from heluo.engines.process.queries import my_work
from heluo.kernel.actors.public import Actor
from heluo.kernel.clock.public import now
from heluo.kernel.pages.blocks import Block, Slot, workbench_block

SHOWN = 4


@workbench_block("process.work", slot=Slot.WAITING, order=10)
def waiting(actor: Actor) -> Block | None:
    """The work items that are due first."""
    found = list(my_work(actor)[:SHOWN])
    if not found:
        return None
    return Block(
        title=_("我的待办"),
        template="process/parts/rows.html",
        context={"rows": rows_of(found, now())},
        url=reverse("process:work"),
        link=_("看全部"),
    )
