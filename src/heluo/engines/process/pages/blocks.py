"""What waits, on the workbench."""

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from heluo.engines.process.models import WorkItem
from heluo.engines.process.pages.showing import rows_of
from heluo.engines.process.queries import BY_DUE, done_on, lists_of, my_work
from heluo.kernel.actors.enums import Role
from heluo.kernel.actors.public import Actor
from heluo.kernel.clock.public import local_day, now
from heluo.kernel.pages.blocks import Block, Figure, Slot, workbench_block
from heluo.kernel.pages.keyset import keyset_page
from heluo.kernel.search.public import capped_count

SHOWN = 5
SELDOM_ASKED = frozenset({Role.PUPIL, Role.GUARDIAN})
"""Who sees the block only while something waits."""


@workbench_block("process.work", slot=Slot.WAITING, order=10)
def waiting(actor: Actor) -> Block | None:
    """The work items that are due first; new ones appear by themselves."""
    work, address = my_work(actor), reverse("process:work")
    found = keyset_page(*work, order=BY_DUE, size=SHOWN).items
    if not found and actor.roles <= SELDOM_ASKED:
        return None
    return Block(
        title=_("我的待办"),
        template="process/blocks/work.html",
        context={"rows": rows_of(found, now())},
        figures=(
            Figure(_("待办"), capped_count(*work), address, pgettext_lazy("figure", "件")),
            *_overdue(work, address),
            Figure(_("今天已办"), done_on(actor, local_day(now())), address, pgettext_lazy("figure", "件")),
        ),
        url=address,
        link=_("看全部"),
        topics=tuple(lists_of(actor)),
    )


def _overdue(work: list[QuerySet[WorkItem]], address: str) -> tuple[Figure, ...]:
    """How much is overdue, where anything is; the list has it on top."""
    late = capped_count(*(way.filter(sort_at__lte=now()) for way in work))
    return (Figure(_("已超期"), late, address, pgettext_lazy("figure", "件")),) if late.value else ()
