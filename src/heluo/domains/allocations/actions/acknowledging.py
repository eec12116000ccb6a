"""Receipts: what became of an order, told upwards once per batch of changes, and noted at the hub."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from heluo.domains.allocations.actions.receiving import fetch_ahead
from heluo.domains.allocations.enums import RECEIPT, ItemState, Obstacle
from heluo.domains.allocations.errors import OrderUnknown
from heluo.domains.allocations.models import Received, Recipient
from heluo.domains.allocations.queries import counts_of, files_here
from heluo.kernel.actors.public import platform_actor
from heluo.kernel.nodes.errors import NodeUnknown
from heluo.kernel.nodes.public import send_message

AT_ONCE = 200
ACTOR = platform_actor("allocations", ())


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What a node says of an order."""

    order: UUID
    received_at: datetime | None
    applied: int
    waiting: int
    refused: int
    obstacle: Obstacle | None
    files: int
    bytes: int


@transaction.atomic
def send_receipts(*, now: datetime) -> int:
    """Have the files of what was applied brought here, and tell the nodes above what changed, one message per order;
    how many.
    """
    due = Received.objects.select_for_update(skip_locked=True).filter(receipt_due=True).order_by("pk")
    listed = list(due[:AT_ONCE])
    counts = counts_of(listed)
    count = 0
    for received in listed:
        fetch_ahead(received=received, now=now)
        files, size = files_here(received)
        body = {
            "order": str(received.uuid),
            "received_at": int(received.whole_at.timestamp()) if received.whole_at else None,
            "applied": counts[received.pk].get(ItemState.APPLIED, 0),
            "waiting": counts[received.pk].get(ItemState.WAITING, 0),
            "refused": counts[received.pk].get(ItemState.REFUSED, 0),
            "obstacle": received.obstacle or None,
            "files": files,
            "bytes": size,
        }
        try:
            send_message(kind=RECEIPT, to=received.sender, body=body, by=ACTOR, now=now)
            count += 1
        except NodeUnknown:
            pass  # nobody to tell any more
    Received.objects.filter(pk__in=[received.pk for received in listed]).update(receipt_due=False)
    return count


@transaction.atomic
def note_receipt(*, sender: str, receipt: Receipt, sent_at: datetime) -> Recipient:
    """Note what a node says of an order sent to it; an older receipt changes nothing. Refusal: OrderUnknown."""
    recipient = (
        Recipient.objects.select_for_update(of=("self",))
        .filter(order__uuid=receipt.order, node__domain=sender, sent_at__isnull=False)
        .first()
    )
    if recipient is None:
        raise OrderUnknown
    if recipient.receipt_at is None or recipient.receipt_at <= sent_at:
        recipient.receipt_at = sent_at
        recipient.received_at = receipt.received_at
        recipient.applied, recipient.waiting, recipient.refused = receipt.applied, receipt.waiting, receipt.refused
        recipient.obstacle = receipt.obstacle or ""
        recipient.files, recipient.bytes = receipt.files, receipt.bytes
        recipient.save()
    return recipient
