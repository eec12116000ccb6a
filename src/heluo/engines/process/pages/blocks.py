"""What waits, on the workbench."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from heluo.engines.process.pages.showing import rows_of
from heluo.engines.process.queries import BY_DUE, my_work
from heluo.kernel.actors.public import Actor
from heluo.kernel.clock.public import now
from heluo.kernel.pages.blocks import Block, Slot, workbench_block
from heluo.kernel.pages.keyset import keyset_page

SHOWN = 4


@workbench_block("process.work", slot=Slot.WAITING, order=10)
def waiting(actor: Actor) -> Block | None:
    """The work items that are due first."""
    found = keyset_page(*my_work(actor), order=BY_DUE, size=SHOWN).items
    if not found:
        return None
    return Block(
        title=_("我的待办"),
        template="process/parts/rows.html",
        context={"rows": rows_of(found, now())},
        url=reverse("process:work"),
        link=_("看全部"),
    )
