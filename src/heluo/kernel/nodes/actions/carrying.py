"""Where no line joins two nodes, what they have to say travels on a disk, signed just as on the line.

It may be weeks old when it is read, so that its time refuses nothing. Its numbers do: a message is applied once and in
its turn, whichever way it came, and an older envelope acknowledges nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from django.conf import settings
from django.db import transaction

from heluo.kernel.actors.public import Actor, require
from heluo.kernel.audit.public import record
from heluo.kernel.events.public import announce
from heluo.kernel.nodes.access import Permission
from heluo.kernel.nodes.actions.exchanging import envelope_to, public_of, take_in
from heluo.kernel.nodes.actions.joining import introduce, is_same, own_card
from heluo.kernel.nodes.actions.keyring import learn_keys, subject_of
from heluo.kernel.nodes.actions.taking import take_messages
from heluo.kernel.nodes.actions.troubles import note_trouble
from heluo.kernel.nodes.crypto import key_id_in, proven, signed, unproven
from heluo.kernel.nodes.enums import Fault, Standing, TokenType
from heluo.kernel.nodes.errors import ExchangeRefused, HubKeyChanged, JoinsItself, OtherFingerprint
from heluo.kernel.nodes.events import NodeJoined
from heluo.kernel.nodes.keys import own_key
from heluo.kernel.nodes.models import Node, NodeKey, Outgoing, OwnKey
from heluo.kernel.nodes.vocabulary import (
    ANYBODY,
    MOST_ENVELOPE_BYTES,
    MOST_KEYS,
    MOST_MESSAGES,
    CardClaims,
    CarriedClaims,
    EnvelopeClaims,
)
from heluo.kernel.signing.public import fingerprint_of, key_id_of, public_key_of

C = TypeVar("C", bound=CarriedClaims)


@dataclass(frozen=True, slots=True)
class Post:
    """What waits for a node: an envelope as it would go on the line, and the messages that it has no room for."""

    envelope: str
    messages: Sequence[str]
    count: int = 0
    """Messages in both together."""


def sign_carried(*, to: str, body: Mapping[str, Any], now: datetime) -> str:
    """What a package says of itself, signed, with the announcements of our keys. Refusal: OwnKeyMissing."""
    announced = OwnKey.objects.exclude(announcement="").order_by("-pk")[:MOST_KEYS]
    key_id, key = own_key(now=now)
    claims = {
        **body,
        "iss": settings.NODE_DOMAIN,
        "aud": to,
        "iat": int(now.timestamp()),
        "keys": [one.announcement for one in reversed(announced)],
    }
    return signed(claims, kind=TokenType.PACKAGE, key_id=key_id, key=key)


def read_carried(*, token: str, shape: type[C], now: datetime) -> tuple[Node, C]:
    """Which node wrote a package, and what it says of it, once that is proven. Refusal: ExchangeRefused, counted."""
    node = None
    try:
        key_id = key_id_in(token, kind=TokenType.PACKAGE)
        said = unproven(token, shape)
        node = Node.objects.filter(domain=said.iss, standing=Standing.ACTIVE).first()
        if node is None:
            raise ExchangeRefused(Fault.UNKNOWN_NODE)
        learn_keys(node=node, announcements=said.keys, now=now)
        claims = proven(token, shape, public=public_of(node, key_id))
        if claims.aud not in {ANYBODY, settings.NODE_DOMAIN}:
            raise ExchangeRefused(Fault.WRONG_AUDIENCE)
    except ExchangeRefused as refusal:
        note_trouble(node=node, fault=refusal.fault, now=now)
        raise
    return node, claims


def card_for(*, to: str, now: datetime) -> str:
    """How we introduce ourselves to whoever reads a package."""
    return own_card(to, now)


@transaction.atomic
def trust_card(*, by: Actor, token: str, fingerprint: str, now: datetime) -> Node:
    """Let in the node whose card came on a disk, because somebody here says what its key is. It need not ask: where no
    line is, whoever carries the disk has the fingerprint from the other side.

    Refusals: ExchangeRefused, JoinsItself, OtherFingerprint, HubKeyChanged.
    """
    require(by, Permission.MANAGE)
    key_id_in(token, kind=TokenType.CARD)
    try:
        card = proven(token, CardClaims, public=unproven(token, CardClaims).key)
    except ValueError:
        raise ExchangeRefused(Fault.MALFORMED) from None
    if card.iss == settings.NODE_DOMAIN:
        raise JoinsItself
    theirs = public_key_of(card.key)
    if not is_same(fingerprint, fingerprint_of(theirs)):
        raise OtherFingerprint(fingerprint=fingerprint_of(theirs))
    node = Node.objects.select_for_update(no_key=True).filter(domain=card.iss).first()
    if node is not None:
        key = node.keys.filter(key_id=key_id_of(theirs)).first()
        if (key is None and node.standing != Standing.ENDED) or (key is not None and key.revoked_at):
            raise HubKeyChanged(domain=card.iss)
        if node.standing == Standing.ACTIVE:
            return node
        node.keys.filter(revoked_at__isnull=True).exclude(key_id=key_id_of(theirs)).update(revoked_at=now)
    node = node or Node(domain=card.iss, since=now)
    introduce(node, card)
    node.standing, node.reason, node.next_in = Standing.ACTIVE, "", max(node.next_in, card.next_seq)
    node.save()
    NodeKey.objects.get_or_create(
        node=node, key_id=key_id_of(theirs), defaults={"public": card.key, "known_since": now}
    )
    details = {"fingerprint": fingerprint_of(theirs)}
    record(by=by, at=now, deed="nodes.card_trusted", subject=subject_of(node.domain, node.name), details=details)
    announce(NodeJoined(domain=node.domain), by=by, at=now)
    return node


def post_for(*, node: Node, now: datetime) -> Post:
    """All that waits for a node. It stays until the node says that it has it."""
    envelope, held = envelope_to(node, now=now)
    rest = Outgoing.objects.filter(node=node).order_by("seq").values_list("token", flat=True)[held:]
    return Post(envelope, list(rest), held + len(rest))


def take_post(*, node: Node, post: Post, now: datetime) -> None:
    """Take what a node had carried here, as an exchange would. Refusal: ExchangeRefused, counted."""
    try:
        if len(post.envelope) > MOST_ENVELOPE_BYTES:
            raise ExchangeRefused(Fault.TOO_LARGE)
        key_id = key_id_in(post.envelope, kind=TokenType.ENVELOPE)
        envelope = proven(post.envelope, EnvelopeClaims, public=public_of(node, key_id), audience=settings.NODE_DOMAIN)
        if envelope.iss != node.domain:
            raise ExchangeRefused(Fault.FORGED)
    except ExchangeRefused as refusal:
        note_trouble(node=node, fault=refusal.fault, now=now)
        raise
    take_in(node, envelope, now)
    for first in range(0, len(post.messages), MOST_MESSAGES):
        node.refresh_from_db()
        take_messages(node=node, tokens=list(post.messages[first : first + MOST_MESSAGES]), now=now)
