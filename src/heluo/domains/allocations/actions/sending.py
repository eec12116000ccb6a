"""What an order says to each node, in as many messages as it takes."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from heluo.domains.allocations.access import Permission
from heluo.domains.allocations.enums import ORDER, OrderState
from heluo.domains.allocations.models import Order, Recipient
from heluo.kernel.actors.public import Actor, require
from heluo.kernel.nodes.public import Standing, send_message

ITEMS_PER_PART = 900
"""With the longest title and note still below what one message may hold."""


def send_orders(*, by: Actor, now: datetime, only: int | None = None) -> int:
    """Write the messages of issued orders to the nodes that have not got theirs and can read them; to how many nodes.

    A transaction per node, so that a long list of nodes holds nobody up, and whatever ends this goes on later.
    """
    require(by, Permission.ISSUE)
    waiting = Recipient.objects.filter(
        order__state=OrderState.ISSUED,
        sent_at__isnull=True,
        node__standing=Standing.ACTIVE,
        node__capabilities__contains=[ORDER],
    )
    if only is not None:
        waiting = waiting.filter(order=only)
    count = 0
    told: dict[int, Sequence[dict[str, Any]]] = {}
    for key, order_id in list(waiting.order_by("order", "pk").values_list("pk", "order")):
        if order_id not in told:
            told = {order_id: list(_parts(Order.objects.get(pk=order_id)))}
        count += _send(by, key, told[order_id], now)
    return count


def _parts(order: Order) -> Iterator[dict[str, Any]]:
    items: list[UUID] = list(order.items.order_by("position").values_list("entry__uuid", flat=True))
    starts = range(0, len(items), ITEMS_PER_PART)
    for number, start in enumerate(starts, 1):
        yield {
            "order": str(order.uuid),
            "part": number,
            "parts": len(starts),
            "title": order.title,
            "note": order.note,
            "mark": order.mark,
            "until": order.until.isoformat() if order.until else None,
            "files": order.files,
            "most_items": order.most_items,
            "most_bytes": order.most_bytes,
            "first": start,
            "items": [one.hex for one in items[start : start + ITEMS_PER_PART]],
        }


@transaction.atomic
def _send(by: Actor, key: int, parts: Sequence[dict[str, Any]], now: datetime) -> bool:
    """Safe against two jobs at once, and against a cancellation in between."""
    recipient = (
        Recipient.objects.select_for_update(of=("self",)).select_related("node").filter(pk=key, sent_at=None).first()
    )
    if recipient is None:
        return False
    issued = Order.objects.select_for_update(no_key=True).filter(pk=recipient.order_id, state=OrderState.ISSUED)
    if not issued.exists():
        return False
    for body in parts:
        send_message(kind=ORDER, to=recipient.node.domain, body=body, by=by, now=now)
    recipient.sent_at = now
    recipient.save(update_fields=["sent_at"])
    return True
