"""What requests show on the workbench: to a clerk what waits, to whoever asked what became of it."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from heluo.domains.subject_rights.access import Permission
from heluo.domains.subject_rights.pages.showing import rows_of
from heluo.domains.subject_rights.queries.requests import requests_of, waiting_requests
from heluo.kernel.actors.public import Actor
from heluo.kernel.clock.public import local_day, now
from heluo.kernel.pages.blocks import Block, Slot, workbench_block

SHOWN = 4


@workbench_block("subject_rights.waiting", slot=Slot.WAITING, may=Permission.DECIDE, order=30)
def waiting(actor: Actor) -> Block | None:
    """Requests that lie at one's own organisation, most urgent first."""
    found = list(waiting_requests(actor)[:SHOWN])
    if not found:
        return None
    return Block(
        title=_("待答复的个人信息申请"),
        template="subject_rights/parts/rows.html",
        context={"rows": rows_of(found), "with_person": True},
        url=reverse("subject_rights:at_desk"),
        link=_("看全部"),
    )


@workbench_block("subject_rights.asked", slot=Slot.CHANGES, order=40)
def asked(actor: Actor) -> Block | None:
    """The newest of what one asked for oneself or a child."""
    found = list(requests_of(actor, on=local_day(now())).order_by("-id")[:SHOWN])
    if not found:
        return None
    return Block(
        title=_("我的个人信息申请"),
        template="subject_rights/parts/rows.html",
        context={"rows": rows_of(found)},
        url=reverse("subject_rights:my_requests"),
        link=_("看全部"),
        topics=(f"person:{actor.person_id}",),
    )
