"""Orders of the node above: kept part by part, applied as their entries come, ended when their day is over."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import connection, transaction

from heluo.domains.allocations.enums import FilesMode, ItemState, Mark, Obstacle, ReceivedState
from heluo.domains.allocations.errors import NotOurHub, OrderMalformed
from heluo.domains.allocations.models import MOST_ITEMS, Received, ReceivedItem
from heluo.domains.allocations.queries import applied_entries
from heluo.kernel.actors.public import platform_actor
from heluo.kernel.audit.public import Subject, record
from heluo.kernel.clock.public import local_day
from heluo.kernel.nodes.public import node_called
from heluo.kernel.transfers.public import Permission as TransferPermission
from heluo.kernel.transfers.public import Wanted, states_of, want_contents

AT_ONCE = 2000
ACTOR = platform_actor("allocations", {TransferPermission.FETCH})
FIT = """
    UPDATE allocations_receiveditem AS item
       SET state = CASE item.state WHEN 'applied' THEN 'waiting' ELSE 'applied' END
      FROM allocations_received AS received
     WHERE received.id = item.received_id AND received.state IN ('arriving', 'standing')
       AND (%(only)s::bigint IS NULL OR received.id = %(only)s)
       AND item.state IN ('waiting', 'applied')
       AND (item.state = 'applied') <> EXISTS (
             SELECT FROM catalogue_entry AS entry WHERE entry.uuid = item.identifier AND entry.state = 'published')
    RETURNING item.received_id
"""
"""An item is applied while its entry is there: that may come later, go, and come back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One message of an order."""

    order: UUID
    part: int
    parts: int
    title: str
    note: str
    mark: Mark
    until: date | None
    files: FilesMode
    most_items: int | None
    most_bytes: int | None
    first: int
    """How many items the parts before it hold."""
    items: Sequence[UUID]


@transaction.atomic
def receive_part(*, sender: str, part: Part, now: datetime) -> Received:
    """Keep a part; with the last one the order stands. Called by the exchange. Refusals: NotOurHub, OrderMalformed."""
    _require_hub(sender)
    if not 1 <= part.part <= part.parts or part.first + len(part.items) > MOST_ITEMS:
        raise OrderMalformed
    received, _is_new = Received.objects.get_or_create(
        sender=sender,
        uuid=part.order,
        defaults={
            "title": part.title,
            "note": part.note,
            "mark": part.mark,
            "until": part.until,
            "files": part.files,
            "most_items": part.most_items,
            "most_bytes": part.most_bytes,
            "parts": part.parts,
            "came_at": now,
        },
    )
    received = Received.objects.select_for_update().get(pk=received.pk)
    if received.state != ReceivedState.ARRIVING or part.part in received.arrived:
        return received
    if received.parts != part.parts:
        raise OrderMalformed
    most = received.most_items
    ReceivedItem.objects.bulk_create(
        [
            ReceivedItem(
                received=received,
                identifier=identifier,
                position=place,
                state=ItemState.WAITING if most is None or place < most else ItemState.REFUSED,
            )
            for place, identifier in enumerate(part.items, part.first)
        ],
        batch_size=AT_ONCE,
        ignore_conflicts=True,
    )
    if most is not None and part.first + len(part.items) > most:
        received.obstacle = Obstacle.MOST_ITEMS
    received.arrived = [*received.arrived, part.part]
    if len(received.arrived) == received.parts:
        received.state, received.whole_at, received.receipt_due = ReceivedState.STANDING, now, True
        record(
            by=ACTOR,
            at=now,
            deed="allocations.received",
            subject=_subject(received),
            details={"node": sender, "count": received.items.count()},
        )
    received.save()
    if received.state == ReceivedState.STANDING:
        apply_received(now=now, only=received.pk)
    return received


@transaction.atomic
def receive_cancel(*, sender: str, order: UUID, reason: str, now: datetime) -> None:
    """Take an order back, also one whose parts are still on their way. Refusal: NotOurHub."""
    _require_hub(sender)
    received, _is_new = Received.objects.get_or_create(
        sender=sender, uuid=order, defaults={"title": str(order), "mark": Mark.RECOMMENDED, "came_at": now}
    )
    received = Received.objects.select_for_update().get(pk=received.pk)
    if received.state in {ReceivedState.ARRIVING, ReceivedState.STANDING}:
        received.state, received.reason = ReceivedState.CANCELLED, reason[:500]
        received.receipt_due = True
        received.save()
        record(
            by=ACTOR,
            at=now,
            deed="allocations.cancel_received",
            subject=_subject(received),
            details={"node": sender, "reason": received.reason},
        )


def _require_hub(sender: str) -> None:
    """Only a node that we ask stands above us: whoever asks us does not give orders."""
    node = node_called(sender)
    if node is None or not node.is_hub:
        raise NotOurHub


@transaction.atomic
def apply_received(*, now: datetime, only: int | None = None) -> int:
    """Bring the items of standing orders up to what the catalogue shows now; how many changed. A fixed number of
    statements however many there are.
    """
    with connection.cursor() as cursor:
        cursor.execute(FIT, {"only": only})
        touched = [key for (key,) in cursor.fetchall()]
    Received.objects.filter(pk__in=set(touched), state=ReceivedState.STANDING).update(receipt_due=True)
    return len(touched)


@transaction.atomic
def fetch_ahead(*, received: Received, now: datetime) -> int:
    """Have the files of applied items brought here, in their order, as far as the quota goes; how many are new."""
    if received.state != ReceivedState.STANDING or received.files != FilesMode.AHEAD:
        return 0
    contents = {
        content.sha256: content for entry in applied_entries(received) for content in entry.contents if content.size > 0
    }
    known = states_of(contents)
    room = None if received.most_bytes is None else received.most_bytes - sum(copy.size for copy in known.values())
    wanted: list[Wanted] = []
    for content in contents.values():
        if content.sha256 in known:
            continue
        if room is not None and content.size > room:
            received.obstacle = received.obstacle or Obstacle.MOST_BYTES
            continue
        room = None if room is None else room - content.size
        wanted.append(
            Wanted(
                sha256=content.sha256,
                size=content.size,
                name=content.name,
                media_type=content.type,
                href=content.href,
            )
        )
    received.save(update_fields=["obstacle"])
    return want_contents(wanted, from_node=received.sender, by=ACTOR, now=now) if wanted else 0


def note_contents() -> None:
    """Files have come: whoever ordered some ahead is told with the next receipt."""
    Received.objects.filter(state=ReceivedState.STANDING, files=FilesMode.AHEAD).update(receipt_due=True)


@transaction.atomic
def end_received(*, now: datetime) -> int:
    """End the received orders whose last day is over; how many. Their marks went at midnight by themselves."""
    over = Received.objects.filter(state__in=(ReceivedState.ARRIVING, ReceivedState.STANDING), until__lt=local_day(now))
    return over.update(state=ReceivedState.ENDED, receipt_due=True)


def _subject(received: Received) -> Subject:
    return Subject(kind="allocation", id=str(received.uuid), title=received.title, path="")
