"""Orders and complaints."""

from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.db.models import Count, Q, QuerySet

from heluo.domains.rights.access import Permission, orders_of
from heluo.domains.rights.enums import Outcome
from heluo.domains.rights.models import Complaint, Receipt, Takedown
from heluo.engines.catalogue.models import Entry
from heluo.engines.catalogue.public import entries_by_ids
from heluo.kernel.actors.errors import NotFound
from heluo.kernel.actors.public import Actor, allows
from heluo.kernel.nodes.public import nodes
from heluo.kernel.pages.enums import Tone


def takedowns_at(actor: Actor) -> QuerySet[Takedown]:
    """Orders about works of the actor's tree; those of other nodes about what never came here lie with nobody."""
    return Takedown.objects.filter(orders_of(actor)).annotate(
        told=Count("receipts"), answered=Count("receipts", filter=~Q(receipts__outcome=Outcome.SENT))
    )


def takedown_for(actor: Actor, uuid: UUID) -> Takedown:
    found = Takedown.objects.filter(orders_of(actor), uuid=uuid).select_related("organisation", "complaint").first()
    if found is None:
        raise NotFound
    return found


@dataclass(frozen=True, slots=True)
class ReceiptRow:
    """What a node did with an order. `name` is what it calls itself; one that only others know has but its domain."""

    receipt: Receipt
    name: str
    tone: Tone


def receipts_of(takedown: Takedown) -> list[ReceiptRow]:
    """Two queries."""
    receipts = list(takedown.receipts.all())
    names = dict(nodes().filter(domain__in={one.node for one in receipts}).values_list("domain", "name"))
    return [
        ReceiptRow(one, names.get(one.node, one.node), Tone.WAITING if one.outcome == Outcome.SENT else Tone.SUCCESS)
        for one in receipts
    ]


def complaints_at(actor: Actor) -> QuerySet[Complaint]:
    return Complaint.objects.filter(orders_of(actor))


def complaint_for(actor: Actor, uuid: UUID) -> Complaint | None:
    """A complaint as a step about it may show it: to officers of the tree, the author, and whoever complained."""
    found = Complaint.objects.select_related("organisation").filter(uuid=uuid).first()
    if found is None:
        return None
    is_own = actor.person_id is not None and actor.person_id in (found.person, found.author)
    return found if is_own or allows(actor, Permission.ORDER, on=found) else None


def public_complaint(uuid: UUID) -> Complaint:
    """A complaint to whoever was given its address: what stands there tells what became of it, and of nobody."""
    found = Complaint.objects.filter(uuid=uuid, node=settings.NODE_DOMAIN).first()
    if found is None:
        raise NotFound
    return found


def entry_to_order(actor: Actor, uuid: UUID) -> Entry:
    """A work of this node that the actor may take down."""
    entry = entries_by_ids(actor=actor, identifiers=[uuid]).get(uuid)
    if entry is None or entry.origin != settings.NODE_DOMAIN or not allows(actor, Permission.ORDER, on=entry):
        raise NotFound
    return entry
