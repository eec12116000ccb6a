"""Reads about nodes. Whoever shows them has the right to see all of them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Min, QuerySet

from heluo.kernel.actors.errors import NotFound
from heluo.kernel.nodes.enums import IncomingState, RequestState, Standing
from heluo.kernel.nodes.models import Incoming, JoinRequest, Node, NodeKey, Outgoing, OwnKey, Trouble

SHOWN = 100


@dataclass(frozen=True, slots=True)
class NodeFacts:
    """A node with what waits for it and what went wrong."""

    node: Node
    waiting: int
    oldest_at: datetime | None
    in_trouble: int
    troubles: int


def nodes() -> QuerySet[Node]:
    return Node.objects.all()


def facts_of(found: Iterable[Node]) -> list[NodeFacts]:
    """What is known of these nodes, in a number of queries that does not grow with them."""
    listed = list(found)
    waiting = {
        row["node"]: (row["count"], row["oldest"])
        for row in Outgoing.objects.filter(node__in=listed)
        .values("node")
        .annotate(count=Count("id"), oldest=Min("made_at"))
    }
    stuck = dict(
        Incoming.objects.filter(node__in=listed, state=IncomingState.TROUBLE)
        .values_list("node")
        .annotate(count=Count("id"))
    )
    troubles: dict[int, int] = {}
    for trouble in Trouble.objects.filter(node__in=listed):
        troubles[trouble.node_id or 0] = troubles.get(trouble.node_id or 0, 0) + trouble.count
    return [
        NodeFacts(
            node=node,
            waiting=waiting.get(node.pk, (0, None))[0],
            oldest_at=waiting.get(node.pk, (0, None))[1],
            in_trouble=stuck.get(node.pk, 0),
            troubles=troubles.get(node.pk, 0),
        )
        for node in listed
    ]


def active_nodes() -> QuerySet[Node]:
    """Those that messages go to, in the order in which whoever writes to several takes them."""
    return Node.objects.filter(standing=Standing.ACTIVE).order_by("domain")


def node_called(domain: str) -> Node | None:
    return Node.objects.filter(domain=domain).first()


def keys_of(node: Node) -> list[NodeKey]:
    return list(node.keys.select_related("node").order_by("-known_since", "-id"))


def waiting_requests() -> QuerySet[JoinRequest]:
    return JoinRequest.objects.filter(state=RequestState.WAITING).order_by("id")


def requests_of(domain: str) -> list[JoinRequest]:
    """The newest requests under a name; those that wait first."""
    found = JoinRequest.objects.filter(domain=domain).order_by("-id")[:SHOWN]
    return sorted(found, key=lambda request: request.state != RequestState.WAITING)


def request_numbered(number: int) -> JoinRequest:
    found = JoinRequest.objects.filter(pk=number).first()
    if found is None:
        raise NotFound
    return found


def key_of(domain: str, key_id: str) -> NodeKey:
    found = NodeKey.objects.select_related("node").filter(node__domain=domain, key_id=key_id).first()
    if found is None:
        raise NotFound
    return found


def message_of(domain: str, number: int) -> Incoming:
    found = Incoming.objects.select_related("node").filter(node__domain=domain, pk=number).first()
    if found is None:
        raise NotFound
    return found


def messages_in_trouble(node: Node) -> list[Incoming]:
    return list(Incoming.objects.filter(node=node, state=IncomingState.TROUBLE).order_by("seq")[:SHOWN])


def troubles_of(node: Node | None) -> list[Trouble]:
    """What went wrong with a node; None: with whoever is none."""
    return list(Trouble.objects.filter(node=node).order_by("-last_at"))


def own_keys() -> list[OwnKey]:
    """The keys of this node, the one in use first. Empty until it first signed something."""
    return list(OwnKey.objects.order_by("-id"))
