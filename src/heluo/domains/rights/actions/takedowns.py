"""Taking a work down here and wherever copies of it are, bringing it back, and hearing what became of that."""

from datetime import datetime
from uuid import UUID, uuid4

from django.conf import settings
from django.db import transaction

from heluo.domains.rights.access import Permission, is_party
from heluo.domains.rights.actions.ledger import Noted, note_events
from heluo.domains.rights.actions.wire import OrderBody, ReceiptBody, TakedownBody, shaped
from heluo.domains.rights.enums import Deed, EventKind, MessageKind, Outcome
from heluo.domains.rights.errors import (
    AlreadyRestored,
    IsParty,
    NothingTakenDown,
    NotTheOrigin,
    OrderMalformed,
    ReceiptUnknown,
    TakedownReasonNeeded,
)
from heluo.domains.rights.models import LONGEST_REASON, Complaint, Receipt, Takedown
from heluo.engines.catalogue.access import Permission as CataloguePermission
from heluo.engines.catalogue.errors import FromAnotherNode
from heluo.engines.catalogue.models import Entry
from heluo.engines.catalogue.public import hold_entry, release_entry, sweep_holds
from heluo.kernel.actors.errors import NotFound
from heluo.kernel.actors.public import WHOLE_TREE, Actor, platform_actor, require
from heluo.kernel.audit.public import Subject, record
from heluo.kernel.jobs.public import defer
from heluo.kernel.nodes.public import (
    Message,
    active_nodes,
    node_called,
    read_statement,
    send_message,
    sign_statement,
)

NODES = platform_actor("rights", [CataloguePermission.PUBLISH, CataloguePermission.RECEIVE])
"""What another node orders of its own works is done by the platform."""
KINDS = {Deed.TAKEDOWN: MessageKind.TAKEDOWN, Deed.RESTORED: MessageKind.RESTORED}
PASS_ON_TASK, PASS_RECEIPT_TASK = "rights.pass_on", "rights.pass_receipt"
EVENTS = {Deed.TAKEDOWN: EventKind.TAKEDOWN, Deed.RESTORED: EventKind.RESTORED}
SWEPT = "来源节点已责令下架"
"""Stands as the reason in the entry, as everything that comes from other nodes in the language of the house."""


# -- the node a work is from ------------------------------------------------------------------------------------------


@transaction.atomic
def take_down(*, by: Actor, entry: Entry, reason: str, complaint: Complaint | None = None, now: datetime) -> Takedown:
    """Close a work of this node to everybody, and order the same of every node. Never by its author, nor by whoever
    complained. Refusals: NotFound, NotAllowed, IsParty, AlreadyHeld, TakedownReasonNeeded, FromAnotherNode.
    """
    require(by, Permission.ORDER, on=entry.organisation)
    if is_party(by, author=entry.creator_id, complaint=complaint):
        raise IsParty
    if not (reason := reason.strip()[:LONGEST_REASON]):
        raise TakedownReasonNeeded(field="reason")
    if entry.origin != settings.NODE_DOMAIN:
        raise FromAnotherNode(title=entry.title, origin=entry.origin)
    hold_entry(by=by, identifier=entry.uuid, reason=reason, now=now)
    takedown = Takedown(
        uuid=uuid4(),
        entry=entry.uuid,
        title=entry.title,
        origin=entry.origin,
        organisation=entry.organisation,
        reason=reason,
        ordered_at=now,
        by_name=by.name[:120],
        complaint=complaint,
    )
    takedown.token, takedown.key = _signed(takedown, Deed.TAKEDOWN, reason, now)
    takedown.save(force_insert=True)
    _note(by, now, takedown, Deed.TAKEDOWN, reason)
    tell_nodes(takedown, by=by, now=now)
    return takedown


@transaction.atomic
def restore(*, by: Actor, takedown: Takedown, reason: str, now: datetime) -> Takedown:
    """End an order of this node: the work is shown again, here and on every node that took it down for it."""
    locked = _locked(takedown.uuid)
    if locked is None or locked.origin != settings.NODE_DOMAIN:
        raise NotFound
    require(by, Permission.ORDER, on=locked)
    author = Entry.objects.filter(uuid=locked.entry).values_list("creator_id", flat=True).first()
    if is_party(by, author=author, complaint=locked.complaint):
        raise IsParty
    if not (reason := reason.strip()[:LONGEST_REASON]):
        raise TakedownReasonNeeded(field="reason")
    if locked.restored_at is not None:
        raise AlreadyRestored
    release_entry(by=by, identifier=locked.entry, reason=reason, now=now)
    token, key = _signed(locked, Deed.RESTORED, reason, now)
    _end(locked, token=token, key=key, reason=reason, now=now)
    _note(by, now, locked, Deed.RESTORED, reason)
    tell_nodes(locked, by=by, now=now)
    return locked


def tell_nodes(takedown: Takedown, *, by: Actor, now: datetime) -> int:
    """Send what is ordered to every node that was not told yet and by which it did not come; how many messages.

    In one transaction with the order where it is made here; by a job where it came from another node, so that nobody
    waits for the line to a third one.
    """
    told = set(takedown.receipts.values_list("node", "deed"))
    passed = {takedown.origin, takedown.source, *takedown.hops}
    hops = [*takedown.hops, settings.NODE_DOMAIN]
    orders = takedown.orders
    sent = [
        (node.domain, deed)
        for node in active_nodes()
        for deed in orders
        if node.domain not in passed and (node.domain, deed.value) not in told
    ]
    for domain, deed in sent:
        token, key = orders[deed]
        body = {"token": token, "key": key, "hops": hops}
        send_message(kind=KINDS[deed], to=domain, body=body, by=by, at_once=True, now=now)
    Receipt.objects.bulk_create(
        [Receipt(takedown=takedown, node=domain, deed=deed, sent_at=now) for domain, deed in sent],
        ignore_conflicts=True,
    )
    return len(sent)


# -- every other node -------------------------------------------------------------------------------------------------


def take_order(message: Message) -> None:
    """Do what a work's own node orders of it, once, and answer. The order may come by the hub; it is signed by its
    author either way. Refusals: StatementRefused, OrderMalformed, NotTheOrigin, NothingTakenDown.
    """
    said = shaped(message.body, TakedownBody)
    sender = node_called(message.sender)
    statement = read_statement(
        said.token,
        kind=MessageKind.ORDER,
        public=said.key,
        sender=message.sender,
        is_trusted=sender is not None and sender.is_hub,
    )
    order = shaped(statement.body, OrderBody)
    if KINDS[order.deed] != message.kind:
        raise OrderMalformed
    if statement.issuer == settings.NODE_DOMAIN:
        return
    known = _locked(order.order)
    if known is not None and (known.origin, known.entry) != (statement.issuer, order.entry):
        raise NotTheOrigin(origin=statement.issuer)
    if order.deed == Deed.TAKEDOWN:
        outcome = _taken_down(message, said, order, statement.issuer) if known is None else _outcome_of(known)
    else:
        outcome = _restored(message, said, order, known)
    answer = {
        "order": str(order.order),
        "deed": order.deed.value,
        "node": settings.NODE_DOMAIN,
        "outcome": outcome.value,
    }
    send_message(kind=MessageKind.RECEIPT, to=message.sender, body=answer, by=NODES, at_once=True, now=message.now)


def _taken_down(message: Message, said: TakedownBody, order: OrderBody, origin: str) -> Outcome:
    entry = Entry.objects.select_related("organisation").filter(uuid=order.entry).first()
    if entry is not None and entry.origin != origin:
        raise NotTheOrigin(origin=origin)
    reason = order.reason.strip() or SWEPT
    hold_entry(by=NODES, identifier=order.entry, reason=reason, origin=origin, now=message.now)
    takedown = Takedown.objects.create(
        uuid=order.order,
        entry=order.entry,
        title=order.title,
        origin=origin,
        organisation=entry.organisation if entry else None,
        reason=reason,
        ordered_at=message.now,
        token=said.token,
        key=said.key,
        source=message.sender,
        hops=said.hops,
    )
    _note(NODES, message.now, takedown, Deed.TAKEDOWN, reason)
    defer(PASS_ON_TASK, takedown_id=takedown.pk)
    return Outcome.APPLIED if entry is not None else Outcome.NOT_THERE


def _restored(message: Message, said: TakedownBody, order: OrderBody, takedown: Takedown | None) -> Outcome:
    if takedown is None:
        raise NothingTakenDown
    if takedown.restored_at is None:
        release_entry(by=NODES, identifier=order.entry, reason=order.reason, origin=takedown.origin, now=message.now)
        _end(takedown, token=said.token, key=said.key, reason=order.reason, now=message.now)
        _note(NODES, message.now, takedown, Deed.RESTORED, order.reason)
        defer(PASS_ON_TASK, takedown_id=takedown.pk)
    return _outcome_of(takedown)


def _outcome_of(takedown: Takedown) -> Outcome:
    here = Entry.objects.filter(uuid=takedown.entry, origin=takedown.origin).exists()
    return Outcome.APPLIED if here else Outcome.NOT_THERE


@transaction.atomic
def pass_on(*, takedown_id: int, now: datetime) -> None:
    """Send an order that came from another node on to those beyond."""
    takedown = Takedown.objects.select_for_update(of=("self",)).filter(pk=takedown_id).first()
    if takedown is not None:
        tell_nodes(takedown, by=NODES, now=now)


def sweep(*, now: datetime) -> int:
    """Withdraw copies that came in at the same moment as the order about them."""
    return sweep_holds(by=NODES, reason=SWEPT, now=now)


# -- receipts ---------------------------------------------------------------------------------------------------------


def take_receipt(message: Message) -> None:
    """Keep what a node did with an order. One of a third node counts where it comes from a node that was told, too."""
    said = shaped(message.body, ReceiptBody)
    takedown = _locked(said.order)
    was_told = takedown is not None and takedown.receipts.filter(node=message.sender).exists()
    if takedown is None or not was_told or said.outcome == Outcome.SENT:
        raise ReceiptUnknown
    answer = {"outcome": said.outcome, "answered_at": message.now}
    receipt, _made = Receipt.objects.update_or_create(
        takedown=takedown,
        node=said.node,
        deed=said.deed,
        defaults={**answer, "via": "" if said.node == message.sender else message.sender},
    )
    if takedown.source:
        defer(PASS_RECEIPT_TASK, receipt_id=receipt.pk)


@transaction.atomic
def pass_receipt(*, receipt_id: int, now: datetime) -> None:
    """Tell the node that an order came from what one beyond did with it."""
    receipt = Receipt.objects.select_related("takedown").get(pk=receipt_id)
    body = {
        "order": str(receipt.takedown.uuid),
        "deed": receipt.deed,
        "node": receipt.node,
        "outcome": receipt.outcome,
    }
    source = receipt.takedown.source
    if active_nodes().filter(domain=source).exists():
        send_message(kind=MessageKind.RECEIPT, to=source, body=body, by=NODES, at_once=True, now=now)


def _locked(order: UUID) -> Takedown | None:
    return (
        Takedown.objects.select_for_update(of=("self",))
        .select_related("organisation", "complaint")
        .filter(uuid=order)
        .first()
    )


def _end(takedown: Takedown, *, token: str, key: str, reason: str, now: datetime) -> None:
    takedown.restored_at, takedown.restored_reason = now, reason
    takedown.restored_token, takedown.restored_key = token, key
    takedown.save(update_fields=["restored_at", "restored_reason", "restored_token", "restored_key"])


def _signed(takedown: Takedown, deed: Deed, reason: str, now: datetime) -> tuple[str, str]:
    body = {
        "order": str(takedown.uuid),
        "deed": deed.value,
        "entry": str(takedown.entry),
        "title": takedown.title,
        "reason": reason,
    }
    return sign_statement(kind=MessageKind.ORDER, body=body, now=now)


def _note(by: Actor, now: datetime, takedown: Takedown, deed: Deed, reason: str) -> None:
    record(
        by=by,
        at=now,
        deed="rights.taken_down" if deed == Deed.TAKEDOWN else "rights.restored",
        subject=Subject(
            kind="takedown",
            id=str(takedown.uuid),
            title=takedown.title,
            path=takedown.access_path or WHOLE_TREE,
        ),
        details={"reason": reason, "origin": takedown.origin},
    )
    event = Noted(
        entry=takedown.entry,
        kind=EVENTS[deed],
        at=now,
        source=f"{deed.value}:{takedown.uuid}",
        node=takedown.origin,
        other=takedown.uuid,
    )
    note_events(by=by, noted=[event], now=now)
