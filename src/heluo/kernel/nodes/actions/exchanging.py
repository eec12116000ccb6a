"""The exchange: an envelope there, an envelope back. Each brings messages, acknowledgements and new keys."""

import json
from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.db import transaction

from heluo.kernel.actors.public import platform_actor
from heluo.kernel.events.public import announce
from heluo.kernel.nodes.actions.keyring import learn_keys
from heluo.kernel.nodes.actions.taking import take_messages
from heluo.kernel.nodes.actions.troubles import note_trouble
from heluo.kernel.nodes.crypto import key_id_in, proven, signed, unproven
from heluo.kernel.nodes.enums import Fault, RequestState, Standing, Tier, TokenType
from heluo.kernel.nodes.errors import ExchangeRefused
from heluo.kernel.nodes.events import NodeJoined
from heluo.kernel.nodes.keys import own_key
from heluo.kernel.nodes.models import Incoming, JoinRequest, Node, NodeKey, Outgoing, OwnKey
from heluo.kernel.nodes.registry import all_kinds
from heluo.kernel.nodes.vocabulary import (
    MOST_ENVELOPE_BYTES,
    MOST_KEYS,
    MOST_MESSAGES,
    MOST_MESSAGES_BYTES,
    MOST_SKEW,
    About,
    EnvelopeClaims,
    MessageClaims,
)
from heluo.kernel.outward.public import Answer, Unreachable, ask

LONGEST_BACKOFF = timedelta(hours=1)
ASKED_AT_ONCE = 20
ROUNDS = 20
"""Envelopes sent at most one after the other, where one does not hold everything."""
SECONDS = 60.0
"""For one envelope there and back: the other side applies what it brought before it answers."""
MEDIA_TYPE = "application/jose"
EXCHANGE, JOIN = "/nodes/exchange", "/nodes/join"
OK = 200


# -- the side that is asked -------------------------------------------------------------------------------------------


def answer_envelope(*, token: str, now: datetime) -> str:
    """Take an envelope of another node and give ours back. Refusal: ExchangeRefused, which is counted.

    Whoever is refused is nobody yet: the fault is counted at the node whose name the envelope bears.
    """
    try:
        return _answered(token, now)
    except ExchangeRefused as refusal:
        note_trouble(node=_claimed(token), fault=refusal.fault, now=now)
        raise


def _answered(token: str, now: datetime) -> str:
    if len(token) > MOST_ENVELOPE_BYTES:
        raise ExchangeRefused(Fault.TOO_LARGE)
    key_id = key_id_in(token, kind=TokenType.ENVELOPE)
    said = unproven(token, EnvelopeClaims)
    node = Node.objects.filter(domain=said.iss).first()
    asked = JoinRequest.objects.filter(domain=said.iss, key_id=key_id).order_by("-id").first()
    if node is not None:
        learn_keys(node=node, announcements=said.keys, now=now)
    belongs = node is not None and node.standing == Standing.ACTIVE and node.keys.filter(key_id=key_id).exists()
    if not belongs and asked is not None and asked.state != RequestState.APPROVED:
        envelope = _proven_envelope(token, asked.public, now)
        standing = Standing.REFUSED if asked.state == RequestState.REFUSED else Standing.REQUESTED
        return _sealed(_said_to(envelope.iss, re=envelope.jti, standing=standing, reason=asked.reason, now=now), now)
    if node is None:
        raise ExchangeRefused(Fault.UNKNOWN_NODE)
    envelope = _proven_envelope(token, public_of(node, key_id), now)
    if node.standing != Standing.ACTIVE:
        ended = _said_to(node.domain, re=envelope.jti, standing=Standing.ENDED, reason=node.reason, now=now)
        return _sealed(ended, now)
    take_in(node, envelope, now)
    return _sealed(_envelope_for(node, re=envelope.jti, now=now), now)


def public_of(node: Node, key_id: str) -> str:
    key = NodeKey.objects.filter(node=node, key_id=key_id).first()
    if key is None:
        raise ExchangeRefused(Fault.UNKNOWN_KEY)
    if key.revoked_at is not None:
        raise ExchangeRefused(Fault.REVOKED_KEY)
    return key.public


def _proven_envelope(token: str, public: str, now: datetime) -> EnvelopeClaims:
    envelope = proven(token, EnvelopeClaims, public=public, audience=settings.NODE_DOMAIN)
    if abs(now.timestamp() - envelope.iat) > MOST_SKEW.total_seconds():
        raise ExchangeRefused(Fault.CLOCK_SKEWED)
    return envelope


def _claimed(token: str) -> Node | None:
    """The node an envelope claims to be from."""
    try:
        return Node.objects.filter(domain=unproven(token, EnvelopeClaims).iss).first()
    except ExchangeRefused:
        return None


# -- the side that asks -----------------------------------------------------------------------------------------------


def claim_due(*, now: datetime) -> list[int]:
    """The nodes to ask by now. Their next time is set at once, so that nobody else asks them meanwhile."""
    found = Node.objects.filter(ask_at__lte=now).order_by("ask_at").select_for_update(no_key=True, skip_locked=True)
    claimed = list(found.values_list("pk", flat=True)[:ASKED_AT_ONCE])
    Node.objects.filter(pk__in=claimed).update(ask_at=now + _pause())
    return claimed


def ask_node(*, node: Node, now: datetime) -> None:
    """Exchange with a node that waits to be asked, until nothing waits; then say when to ask again.

    What goes wrong is counted and shown, and makes the pauses longer: an hour at most.
    """
    try:
        for _round in range(ROUNDS):
            if not _asked_once(node, now):
                break
    except ExchangeRefused as refusal:
        note_trouble(node=node, fault=refusal.fault, now=now)
        failures = min(node.failures + 1, 10)
        pause = max(_pause(), min(_pause() * 2**failures, LONGEST_BACKOFF))
        Node.objects.filter(pk=node.pk, ask_at__isnull=False).update(failures=failures, ask_at=now + pause)
        return
    goes_on = node.standing in {Standing.REQUESTED, Standing.ACTIVE}
    Node.objects.filter(pk=node.pk, ask_at__isnull=False).update(failures=0, ask_at=now + _pause() if goes_on else None)


def _pause() -> timedelta:
    return timedelta(seconds=settings.NODE_EXCHANGE_SECONDS)


def _asked_once(node: Node, now: datetime) -> bool:
    """One envelope there and back; whether something came forward and more waits on either side."""
    before = (node.next_in, next_number(node.domain))
    outgoing = _envelope_for(node, re=None, now=now)
    token = posted(f"{node.address}{EXCHANGE}", _sealed(outgoing, now), most_bytes=MOST_ENVELOPE_BYTES)
    key_id = key_id_in(token, kind=TokenType.ENVELOPE)
    learn_keys(node=node, announcements=unproven(token, EnvelopeClaims).keys, now=now)
    envelope = _proven_envelope(token, public_of(node, key_id), now)
    if envelope.iss != node.domain or str(envelope.re) != outgoing["jti"]:
        raise ExchangeRefused(Fault.FORGED)
    if envelope.standing != node.standing:
        _change_standing(node, envelope, now)
    take_in(node, envelope, now)
    if node.standing != Standing.ACTIVE or before == (node.next_in, next_number(node.domain)):
        return False
    return bool(envelope.messages) or Outgoing.objects.filter(node=node).exists()


@transaction.atomic
def _change_standing(node: Node, envelope: EnvelopeClaims, now: datetime) -> None:
    """What we are to the other side, as it says; unless somebody here ended it while we asked."""
    waits_to_be_asked = Node.objects.filter(pk=node.pk, ask_at__isnull=False)
    changed = waits_to_be_asked.update(standing=envelope.standing, reason=envelope.reason)
    node.refresh_from_db()
    if changed and node.standing == Standing.ACTIVE:
        announce(NodeJoined(domain=node.domain), by=platform_actor("nodes", ()), at=now)


def posted(address: str, token: str, *, most_bytes: int) -> str:
    """The other node's signed answer to a signed text. Refusal: ExchangeRefused, with the fault it names."""
    try:
        answer = ask(
            address,
            purpose="exchange between nodes",
            method="POST",
            body=token.encode(),
            media_type=MEDIA_TYPE,
            most_bytes=most_bytes + 1,
            seconds=SECONDS,
        )
    except Unreachable:
        raise ExchangeRefused(Fault.UNREACHABLE) from None
    if answer.status != OK:
        raise ExchangeRefused(_fault_in(answer))
    if len(answer.body) > most_bytes:
        raise ExchangeRefused(Fault.TOO_LARGE)
    return answer.body.decode("ascii", "replace")


def _fault_in(answer: Answer) -> Fault:
    try:
        return Fault(json.loads(answer.body)["code"])
    except (ValueError, KeyError, TypeError, RecursionError):
        return Fault.NO_NODE


# -- both sides -------------------------------------------------------------------------------------------------------


def about_us() -> About:
    return About(
        name=settings.NODE_NAME,
        tier=Tier(settings.NODE_TIER),
        version=version("heluo"),
        capabilities=[kind.name for kind in all_kinds()],
    )


def next_number(domain: str) -> int:
    """The number of the first message a node will get from us: the oldest that waits, else the next to be written."""
    node = Node.objects.filter(domain=domain).first()
    if node is None:
        return 1
    oldest = Outgoing.objects.filter(node=node).order_by("seq").first()
    return oldest.seq if oldest else node.next_out


def take_in(node: Node, envelope: EnvelopeClaims, now: datetime) -> None:
    """Note what an envelope brought, once its signature is proven. An envelope that comes twice changes nothing."""
    signed_at = datetime.fromtimestamp(envelope.iat, UTC)
    with transaction.atomic():
        locked = Node.objects.select_for_update(no_key=True).get(pk=node.pk)
        if locked.envelope_at is None or signed_at >= locked.envelope_at:
            about = envelope.about
            locked.name, locked.tier, locked.version = about.name, about.tier, about.version
            locked.capabilities = about.capabilities
            if locked.envelope_at != signed_at:
                locked.contact_at = now
            locked.envelope_at = signed_at
            if locked.standing == Standing.ACTIVE:
                _acknowledge(locked, envelope, now)
                if envelope.first > locked.next_in:
                    locked.next_in = envelope.first
                    note_trouble(node=node, fault=Fault.MESSAGES_LOST, now=now)
            locked.save()
    node.refresh_from_db()
    if node.standing == Standing.ACTIVE:
        take_messages(node=node, tokens=envelope.messages, now=now)
        node.refresh_from_db()


def _acknowledge(node: Node, envelope: EnvelopeClaims, now: datetime) -> None:
    """Let go what the other side has. If it has other messages under these numbers, we were restored: number anew."""
    if not envelope.ack:
        return
    same = Outgoing.objects.filter(node=node, seq=envelope.ack).first()
    if envelope.ack >= node.next_out or (same is not None and same.jti != envelope.ack_id):
        note_trouble(node=node, fault=Fault.SEQUENCE_REUSED, now=now)
        _number_anew(node, envelope.ack + 1, now)
    elif same is not None:
        Outgoing.objects.filter(node=node, seq__lte=envelope.ack).delete()


def _number_anew(node: Node, start: int, now: datetime) -> None:
    key_id, key = own_key(now=now)
    waiting = list(Outgoing.objects.filter(node=node).order_by("-seq"))
    for seq, message in zip(range(start + len(waiting) - 1, start - 1, -1), waiting, strict=True):
        claims = unproven(message.token, MessageClaims).model_dump(mode="json")
        token = signed({**claims, "seq": seq}, kind=TokenType.MESSAGE, key_id=key_id, key=key)
        Outgoing.objects.filter(pk=message.pk).update(seq=seq, token=token)
    node.next_out = start + len(waiting)


def _envelope_for(node: Node, *, re: UUID | None, now: datetime) -> dict[str, Any]:
    """What we have to say to a node; messages only where it belongs to us."""
    claims = _said_to(node.domain, re=re, standing=Standing.ACTIVE, reason="", now=now)
    if node.standing != Standing.ACTIVE:
        return claims
    last = Incoming.objects.filter(node=node, seq=node.next_in - 1).order_by("-pk").first()
    messages, room = [], MOST_MESSAGES_BYTES
    waiting = list(Outgoing.objects.filter(node=node).order_by("seq")[:MOST_MESSAGES])
    for message in waiting:
        room -= len(message.token)
        if room < 0:
            break
        messages.append(message.token)
    return {
        **claims,
        "ack": node.next_in - 1,
        "ack_id": str(last.jti) if last else None,
        "first": waiting[0].seq if waiting else Node.objects.get(pk=node.pk).next_out,
        "messages": messages,
    }


def envelope_to(node: Node, *, now: datetime) -> tuple[str, int]:
    """A sealed envelope that answers nothing, and how many messages are in it."""
    claims = _envelope_for(node, re=None, now=now)
    return _sealed(claims, now), len(claims["messages"])


def _said_to(domain: str, *, re: UUID | None, standing: Standing, reason: str, now: datetime) -> dict[str, Any]:
    announced = OwnKey.objects.exclude(announcement="").order_by("-pk")[:MOST_KEYS]
    return {
        "iss": settings.NODE_DOMAIN,
        "aud": domain,
        "iat": int(now.timestamp()),
        "jti": str(uuid4()),
        "re": str(re) if re else None,
        "about": about_us().model_dump(mode="json"),
        "standing": standing.value,
        "reason": reason,
        "ack": 0,
        "first": 1,
        "keys": [key.announcement for key in reversed(announced)],
        "messages": [],
    }


def _sealed(claims: dict[str, Any], now: datetime) -> str:
    key_id, key = own_key(now=now)
    return signed(claims, kind=TokenType.ENVELOPE, key_id=key_id, key=key)
