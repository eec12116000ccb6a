"""Reads of allocations, each already narrowed to what its caller may see."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Count, F, Manager, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from heluo.domains.allocations.access import Permission
from heluo.domains.allocations.enums import ORDER, ItemState, Mark, OrderState, ReceivedState
from heluo.domains.allocations.models import Order, OrderItem, Received, ReceivedItem, Recipient
from heluo.engines.catalogue.models import Entry, HashesOfFiles
from heluo.engines.catalogue.public import contents_shown
from heluo.kernel.actors.errors import NotFound
from heluo.kernel.actors.public import Actor, allows, within
from heluo.kernel.nodes.models import Node
from heluo.kernel.nodes.public import Tier, active_nodes
from heluo.kernel.organisations.public import node_organisation
from heluo.kernel.transfers.public import Copy, CopyState

# -- the node that orders ---------------------------------------------------------------------------------------------


def orders_for(actor: Actor) -> QuerySet[Order]:
    """The orders an actor may see, each with how many `entries` and `nodes`, counted apart: joined, ten thousand
    resources to 157 nodes would be a million and a half rows.
    """
    return (
        Order.objects.filter(within(actor, Permission.ISSUE))
        .select_related("organisation")
        .annotate(entries=_counted(OrderItem.objects), nodes=_counted(Recipient.objects))
    )


def _counted(rows: Manager[OrderItem] | Manager[Recipient]) -> Coalesce:
    counts = rows.filter(order=OuterRef("pk")).order_by().values("order").annotate(count=Count("pk")).values("count")
    return Coalesce(Subquery(counts), 0)


def order_for(actor: Actor, uuid: UUID) -> Order:
    found = Order.objects.filter(within(actor, Permission.ISSUE), uuid=uuid).select_related("organisation").first()
    if found is None:
        raise NotFound
    return found


def may_order(actor: Actor) -> bool:
    own = node_organisation()
    return own is not None and allows(actor, Permission.ISSUE, on=own)


def items_of(order: Order) -> QuerySet[OrderItem]:
    return order.items.select_related("entry__organisation").defer("entry__words", "entry__payload")


def nodes_below() -> QuerySet[Node]:
    """The nodes that ask us: those an order can be for."""
    return active_nodes().filter(address="").order_by("tier", "name", "domain")


def can_read(node: Node) -> bool:
    return ORDER in node.capabilities


def recipients_of(order: Order) -> list[Recipient]:
    return list(order.recipients.select_related("node").order_by("node__tier", "node__name", "node__domain"))


@dataclass(frozen=True, slots=True)
class Tally:
    """What became of an order everywhere together."""

    nodes: int
    sent: int
    received: int
    applied: int
    waiting: int
    refused: int
    files: int
    bytes: int


def tally_of(recipients: Sequence[Recipient]) -> Tally:
    return Tally(
        nodes=len(recipients),
        sent=sum(one.sent_at is not None for one in recipients),
        received=sum(one.received_at is not None for one in recipients),
        applied=sum(one.applied for one in recipients),
        waiting=sum(one.waiting for one in recipients),
        refused=sum(one.refused for one in recipients),
        files=sum(one.files for one in recipients),
        bytes=sum(one.bytes for one in recipients),
    )


def allocated_contents(sha256s: Collection[str], domain: str) -> set[str]:
    """Those contents that belong to entries of an order which stands for a node: its files may follow."""
    ordered = OrderItem.objects.filter(order__state=OrderState.ISSUED, order__recipients__node__domain=domain).values(
        "entry"
    )
    return contents_shown(sha256s, Q(pk__in=ordered))


# -- the node that receives -------------------------------------------------------------------------------------------


def received_for(actor: Actor) -> QuerySet[Received]:
    """The orders that came: they are for the whole platform, and any bureau on it may look at them."""
    found = Received.objects.all()
    return found if allows(actor, Permission.OVERSEE) else found.none()


def received_one(actor: Actor, number: int) -> Received:
    found = received_for(actor).filter(pk=number).first()
    if found is None:
        raise NotFound
    return found


def counts_of(received: Sequence[Received]) -> Mapping[int, Mapping[str, int]]:
    """How many items of each order are in which state; one query."""
    counts: dict[int, dict[str, int]] = {one.pk: {} for one in received}
    rows = ReceivedItem.objects.filter(received__in=received).values_list("received", "state")
    for key, state, count in rows.annotate(count=Count("id")).order_by():
        counts[key][state] = count
    return counts


def applied_entries(received: Received) -> list[Entry]:
    """The entries of an order that are here, in its order; only what tells of their files."""
    applied = ReceivedItem.objects.filter(received=received, state=ItemState.APPLIED)
    order = dict(applied.values_list("identifier", "position"))
    entries = Entry.objects.filter(uuid__in=applied.values("identifier")).only("uuid", "payload")
    return sorted(entries, key=lambda entry: order[entry.uuid])


def files_here(received: Received) -> tuple[int, int]:
    """How many contents of an order's entries are here, and their bytes."""
    applied = ReceivedItem.objects.filter(received=received, state=ItemState.APPLIED).values("identifier")
    hashes: set[str] = set()
    for listed in (
        Entry.objects.filter(uuid__in=applied)
        .annotate(hashes=HashesOfFiles(F("payload")))
        .values_list("hashes", flat=True)
    ):
        hashes.update(listed)
    here = Copy.objects.filter(sha256__in=hashes, state=CopyState.HERE).aggregate(count=Count("id"), size=Sum("size"))
    return here["count"], here["size"] or 0


def standing_on(day: date) -> Q:
    """A filter that keeps the received orders that hold on a day."""
    return Q(state=ReceivedState.STANDING) & (Q(until=None) | Q(until__gte=day))


@dataclass(frozen=True, slots=True)
class Marked:
    """How the node above wants an entry used."""

    mark: Mark
    until: date | None
    sender: str
    title: str


STRONGEST = (Mark.REQUIRED, Mark.RECOMMENDED, Mark.FEATURED)


def marks_of(identifiers: Collection[UUID], *, day: date) -> Mapping[UUID, Marked]:
    """The strongest mark of each of these entries that has one; one query."""
    standing = Received.objects.filter(standing_on(day))
    rows = ReceivedItem.objects.filter(identifier__in=set(identifiers), state=ItemState.APPLIED, received__in=standing)
    found: dict[UUID, Marked] = {}
    for item in rows.select_related("received"):
        told = item.received
        marked = Marked(Mark(told.mark), told.until, told.sender, told.title)
        known = found.get(item.identifier)
        if known is None or STRONGEST.index(marked.mark) < STRONGEST.index(known.mark):
            found[item.identifier] = marked
    return found


def tiers_of(domains: Collection[str]) -> Mapping[str, str]:
    """Whose nodes these are, in words; one query, none for none."""
    found = Node.objects.filter(domain__in=domains).values_list("domain", "tier") if domains else ()
    return {domain: str(Tier(tier).label) for domain, tier in found}


def allocated_items(actor: Actor, *, day: date, mark: str = "") -> QuerySet[ReceivedItem]:
    """What the node above wants used here, the newest orders first, each entry as often as it was ordered."""
    standing = Received.objects.filter(standing_on(day))
    if mark:
        standing = standing.filter(mark=mark)
    found = ReceivedItem.objects.filter(state=ItemState.APPLIED, received__in=standing).select_related("received")
    return found if allows(actor, Permission.USE) else found.none()
