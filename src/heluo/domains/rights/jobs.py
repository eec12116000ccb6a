"""What runs in the background."""

from django.utils.translation import gettext_lazy as _

from heluo.domains.rights.actions import close_days, follow_catalogue, pass_on, pass_receipt, sweep
from heluo.domains.rights.actions.ledger import READ_AT_ONCE
from heluo.domains.rights.actions.takedowns import PASS_ON_TASK, PASS_RECEIPT_TASK
from heluo.kernel.clock.public import now
from heluo.kernel.jobs.public import pulse, task

OFTEN, HOURLY = 30, 3600
AT_ONCE = 50
"""So many times the change log is read on in one turn; the next turn goes on."""


@task(name=PASS_ON_TASK, title=_("把下架令转给其他节点"), idempotent=True, retries=5)
def pass_order_on(*, takedown_id: int) -> None:
    pass_on(takedown_id=takedown_id, now=now())


@task(name=PASS_RECEIPT_TASK, title=_("把回执转给来源节点"), idempotent=True, retries=5)
def pass_receipt_on(*, receipt_id: int) -> None:
    pass_receipt(receipt_id=receipt_id, now=now())


@pulse(every=OFTEN, title=_("记权利台账"))
def follow() -> None:
    """What the catalogue says of this node's works; and copies that slipped in beside an order."""
    for _turn in range(AT_ONCE):
        if follow_catalogue(now=now()) < READ_AT_ONCE:
            break
    sweep(now=now())


@pulse(every=HOURLY, title=_("把使用次数告诉来源节点"))
def tell_uses() -> None:
    """Most runs find nothing; the first after two in the morning finds the day before."""
    close_days(now=now())
