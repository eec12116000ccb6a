"""Background entry points: messages of issued orders, receipts, last days."""

from django.utils.translation import gettext_lazy as _

from heluo.domains.allocations.access import Permission
from heluo.domains.allocations.actions import end_orders, end_received, send_orders, send_receipts
from heluo.kernel.actors.public import platform_actor
from heluo.kernel.clock.public import now
from heluo.kernel.jobs.public import pulse, task

ACTOR = platform_actor("allocations", {Permission.ISSUE})


@task(name="allocations.send", title=_("把调配单发给各节点"), idempotent=True)
def send(*, order: int) -> None:
    send_orders(by=ACTOR, now=now(), only=order)


@pulse(every=600, title=_("把调配单发给后来才能接收的节点"))
def send_late() -> None:
    send_orders(by=ACTOR, now=now())


@pulse(every=60, title=_("向上级发调配回执"))
def acknowledge() -> None:
    send_receipts(now=now())


@pulse(every=3600, title=_("结束到期的调配单"))
def end() -> None:
    end_orders(by=ACTOR, now=now())
    end_received(now=now())
