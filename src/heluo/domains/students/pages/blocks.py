"""What student records show on the workbench: to those who keep and decide, to pupils and families."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from heluo.domains.students.access import Permission
from heluo.domains.students.pages.showing import rows_of
from heluo.domains.students.queries.duplicates import waiting_cases
from heluo.domains.students.queries.records import kept_records, own_records
from heluo.domains.students.queries.transfers import waiting_transfers
from heluo.kernel.actors.public import Actor
from heluo.kernel.clock.public import SchoolYear, local_day, now
from heluo.kernel.pages.blocks import Block, Figure, Slot, workbench_block
from heluo.kernel.people.public import classes_taught_by
from heluo.kernel.search.public import capped_count

SHOWN = 5


@workbench_block("students.transfers", slot=Slot.WAITING, may=Permission.VIEW, order=40)
def transfers(actor: Actor) -> Block | None:
    """Transfers whose turn it is here, oldest first."""
    cases = list(waiting_transfers(actor).order_by("opened_at", "id")[:SHOWN])
    if not cases:
        return None
    return Block(
        title=_("待办理的转学"),
        template="students/blocks/transfers.html",
        context={"cases": cases},
        url=reverse("students:transfers"),
        link=_("看全部"),
    )


@workbench_block("students.duplicates", slot=Slot.WAITING, may=Permission.DECIDE, order=41)
def duplicates(actor: Actor) -> Block | None:
    """Pairs that wait for a judgement, oldest first."""
    cases = list(waiting_cases(actor).order_by("opened_at", "id")[:SHOWN])
    if not cases:
        return None
    return Block(
        title=_("疑似重复学籍"),
        template="students/blocks/duplicates.html",
        context={"cases": cases},
        url=reverse("students:duplicates"),
        link=_("看全部"),
    )


@workbench_block("students.records", slot=Slot.PLACES, may=Permission.KEEP, order=40)
def records(actor: Actor) -> Block:
    """How many records one keeps, with the ways to work on them."""
    address = reverse("students:list")
    return Block(
        title=_("学籍"),
        figures=(
            Figure(_("在籍学生"), capped_count(kept_records(actor).filter(ended_on=None)), address, _("人")),
            Figure(_("等待办理的转学"), capped_count(waiting_transfers(actor)), reverse("students:transfers"), _("件")),
        ),
        url=address,
        link=_("看学籍"),
    )


@workbench_block("students.own", slot=Slot.PLACES, may=Permission.SEE_OWN, order=60)
def own(actor: Actor) -> Block | None:
    """One's own record, or one's children's."""
    today = local_day(now())
    mine = list(own_records(actor, on=today).filter(ended_on=None)[:SHOWN])
    if not mine:
        return None
    return Block(
        title=_("学籍"),
        template="students/parts/rows.html",
        context={"rows": rows_of(mine, with_numbers=True), "with_school": True},
        url=reverse("students:mine"),
        link=_("看学籍"),
    )


@workbench_block("students.classes", slot=Slot.PLACES, may=Permission.SEE_CLASS, order=45)
def classes(actor: Actor) -> Block | None:
    """The classes one teaches, each leading to its records."""
    today = local_day(now())
    taught = {row.klass.uuid: row.klass for row in classes_taught_by(actor, on=today)}
    if not taught:
        return None
    year = SchoolYear.on(today)
    return Block(
        title=_("任教班级的学籍"),
        template="students/blocks/classes.html",
        context={"classes": [(klass, klass.label(year)) for klass in taught.values()]},
    )
