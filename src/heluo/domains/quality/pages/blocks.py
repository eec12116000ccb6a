"""What quality shows on the workbench: to a school what it must mend, to a bureau what waits for its decision."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from heluo.domains.quality.access import Permission
from heluo.domains.quality.enums import ALL, TicketState
from heluo.domains.quality.pages.showing import TONES
from heluo.domains.quality.queries import day_of_scores, overdue, points_of, starting_place, tickets_of
from heluo.kernel.actors.public import Actor, allows
from heluo.kernel.clock.public import local_day, now
from heluo.kernel.pages.blocks import Block, Figure, Slot, workbench_block
from heluo.kernel.search.public import capped_count

SHOWN = 4
POINTS, SHEETS = pgettext_lazy("points", "分"), pgettext_lazy("tickets", "张")


@workbench_block("quality.tickets", slot=Slot.DEADLINES, may=Permission.VIEW, order=20)
def tickets(actor: Actor) -> Block | None:
    place = starting_place(actor)
    day = day_of_scores(place) if place else None
    if place is None or day is None:
        return None
    today, address = local_day(now()), reverse("quality:tickets")
    state = TicketState.OPEN if allows(actor, Permission.ANSWER) else TicketState.EXPLAINED
    found = tickets_of(actor)
    waiting = found.filter(state=state)
    whole = points_of(place, on=day).get(ALL)
    return Block(
        title=_("数据质量"),
        template="quality/blocks/tickets.html",
        context={"rows": [(one, TONES[state], one.due_on < today) for one in waiting.order_by("due_on", "id")[:SHOWN]]},
        figures=(
            *(
                [Figure(pgettext_lazy("quality", "评分"), whole.points, reverse("quality:overview"), POINTS)]
                if whole
                else []
            ),
            Figure(state.label, capped_count(waiting), f"{address}?state={state}", SHEETS),
            Figure(_("已超期"), capped_count(found.filter(overdue(today))), f"{address}?late=1", SHEETS),
        ),
        url=reverse("quality:overview"),
        link=_("看数据质量"),
    )
