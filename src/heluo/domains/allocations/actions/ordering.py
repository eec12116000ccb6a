"""Orders from draft to end. What they say to other nodes is `sending`."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import Max

from heluo.domains.allocations.access import Permission
from heluo.domains.allocations.enums import CANCEL, KIND, Deed, FilesMode, Mark, OrderState
from heluo.domains.allocations.errors import (
    CancelReasonNeeded,
    NobodyToReceive,
    NoneFound,
    NotADraft,
    NothingToAllocate,
    NotStanding,
    TooManyItems,
    UntilIsPast,
)
from heluo.domains.allocations.models import MOST_ITEMS, Order, OrderItem, Recipient, Step
from heluo.domains.allocations.queries import nodes_below, order_for
from heluo.engines.catalogue.public import entries_by_ids
from heluo.kernel.actors.errors import NotFound
from heluo.kernel.actors.public import Actor, require
from heluo.kernel.audit.public import Subject, record
from heluo.kernel.clock.public import local_day
from heluo.kernel.codes.public import mint_identifier
from heluo.kernel.jobs.public import defer
from heluo.kernel.nodes.models import Node
from heluo.kernel.nodes.public import Standing, send_message
from heluo.kernel.organisations.public import node_organisation

AT_ONCE = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What an order says besides what is allocated to whom."""

    title: str
    note: str = ""
    mark: Mark = Mark.RECOMMENDED
    until: date | None = None
    files: FilesMode = FilesMode.ON_DEMAND
    most_items: int | None = None
    most_bytes: int | None = None


@transaction.atomic
def start_order(*, by: Actor, terms: Terms, local_id: str = "", now: datetime) -> Order:
    """Begin a draft. `local_id` fixes its identifier, for a demo built twice. Refusals: NotAllowed, UntilIsPast."""
    own = node_organisation()
    if own is None:
        raise NotFound
    order = Order(
        uuid=mint_identifier(KIND, local_id or str(uuid4())), organisation=own, made_at=now, **_checked(terms, now)
    )
    require(by, Permission.ISSUE, on=order)
    order.save()
    _note(by, now, Deed.STARTED, order)
    return order


@transaction.atomic
def describe_order(*, by: Actor, order: Order, terms: Terms, now: datetime) -> Order:
    """Change what a draft says. Refusals: NotFound, NotADraft, UntilIsPast."""
    fresh = _draft(by, order)
    for name, value in _checked(terms, now).items():
        setattr(fresh, name, value)
    fresh.save()
    return fresh


def _checked(terms: Terms, now: datetime) -> dict[str, object]:
    if terms.until is not None and terms.until < local_day(now):
        raise UntilIsPast(day=terms.until.isoformat(), field="until")
    return {
        "title": terms.title.strip(),
        "note": terms.note.strip(),
        "mark": terms.mark,
        "until": terms.until,
        "files": terms.files,
        "most_items": terms.most_items,
        "most_bytes": terms.most_bytes,
    }


@transaction.atomic
def add_entries(*, by: Actor, order: Order, identifiers: Sequence[UUID], now: datetime) -> int:
    """Put entries that the actor may see at the end of a draft; how many were new. Those not seen are left out.

    Refusals: NotFound, NotADraft, NoneFound, TooManyItems.
    """
    fresh = _draft(by, order)
    wanted = list(dict.fromkeys(identifiers))
    found = entries_by_ids(actor=by, identifiers=wanted)
    if not found:
        raise NoneFound
    there = set(fresh.items.values_list("entry__uuid", flat=True))
    entries = [found[one] for one in wanted if one in found and one not in there]
    if len(there) + len(entries) > MOST_ITEMS:
        raise TooManyItems(most=MOST_ITEMS)
    start = (fresh.items.aggregate(last=Max("position"))["last"] or 0) + 1
    OrderItem.objects.bulk_create(
        [OrderItem(order=fresh, entry=entry, position=start + place) for place, entry in enumerate(entries)],
        batch_size=AT_ONCE,
    )
    return len(entries)


@transaction.atomic
def remove_entries(*, by: Actor, order: Order, items: Collection[int], now: datetime) -> int:
    """Take entries out of a draft; how many. Refusals: NotFound, NotADraft."""
    gone, _by_model = _draft(by, order).items.filter(pk__in=items).delete()
    return gone


@transaction.atomic
def address_order(*, by: Actor, order: Order, domains: Collection[str], now: datetime) -> int:
    """Say which nodes a draft is for, instead of those said before; how many. Refusals: NotFound, NotADraft."""
    fresh = _draft(by, order)
    nodes = list(nodes_below().filter(domain__in=domains))
    fresh.recipients.all().delete()
    Recipient.objects.bulk_create([Recipient(order=fresh, node=node) for node in nodes], batch_size=AT_ONCE)
    return len(nodes)


@transaction.atomic
def issue_order(*, by: Actor, order: Order, now: datetime) -> Order:
    """Let a draft go out; a job writes the messages. Refusals: NotFound, NotADraft, NothingToAllocate,
    NobodyToReceive, UntilIsPast.
    """
    fresh = _draft(by, order)
    if not fresh.items.exists():
        raise NothingToAllocate
    if not fresh.recipients.exists():
        raise NobodyToReceive
    if fresh.until is not None and fresh.until < local_day(now):
        raise UntilIsPast(day=fresh.until.isoformat())
    fresh.state, fresh.issued_at = OrderState.ISSUED, now
    fresh.save(update_fields=["state", "issued_at"])
    _note(by, now, Deed.ISSUED, fresh)
    defer("allocations.send", order=fresh.pk)
    return fresh


@transaction.atomic
def cancel_order(*, by: Actor, order: Order, reason: str, now: datetime) -> Order:
    """Take an issued order back, and tell the nodes it was sent to. Refusals: NotFound, NotStanding,
    CancelReasonNeeded.
    """
    fresh = _locked(by, order)
    if fresh.state != OrderState.ISSUED:
        raise NotStanding
    if not (said := reason.strip()):
        raise CancelReasonNeeded(field="reason")
    fresh.state = OrderState.CANCELLED
    fresh.save(update_fields=["state"])
    _note(by, now, Deed.CANCELLED, fresh, said[:500])
    sent = Node.objects.filter(
        standing=Standing.ACTIVE,
        pk__in=fresh.recipients.filter(sent_at__isnull=False).values("node"),
        capabilities__contains=[CANCEL],
    )
    for domain in sent.order_by("domain").values_list("domain", flat=True):
        send_message(kind=CANCEL, to=domain, body={"order": str(fresh.uuid), "reason": said[:500]}, by=by, now=now)
    return fresh


@transaction.atomic
def delete_order(*, by: Actor, order: Order, now: datetime) -> None:
    """Throw a draft away. Refusals: NotFound, NotADraft."""
    _draft(by, order).delete()


@transaction.atomic
def end_orders(*, by: Actor, now: datetime) -> int:
    """End the orders whose last day is over; how many. The nodes see it by their own calendar."""
    require(by, Permission.ISSUE)
    due = Order.objects.select_for_update().filter(state=OrderState.ISSUED, until__lt=local_day(now))
    orders = list(due.order_by("pk"))
    for order in orders:
        order.state = OrderState.ENDED
        order.save(update_fields=["state"])
        _note(by, now, Deed.ENDED, order)
    return len(orders)


def _locked(by: Actor, order: Order) -> Order:
    order_for(by, order.uuid)
    return Order.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=order.pk)


def _draft(by: Actor, order: Order) -> Order:
    fresh = _locked(by, order)
    if fresh.state != OrderState.DRAFT:
        raise NotADraft
    return fresh


def _note(by: Actor, now: datetime, deed: Deed, order: Order, reason: str = "") -> None:
    Step.objects.create(order=order, deed=deed, by_name=by.name[:100], at=now, reason=reason)
    record(
        by=by,
        at=now,
        deed=f"allocations.{deed.value}",
        subject=Subject(kind=KIND, id=str(order.uuid), title=order.title, path=order.access_path),
        details={"reason": reason} if reason else {},
    )
