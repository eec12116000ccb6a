"""Who belongs together: asking to be let in, letting in, refusing, ending."""

from datetime import datetime

from django.conf import settings
from django.db import transaction

from heluo.kernel.actors.errors import NotFound
from heluo.kernel.actors.public import Actor, require
from heluo.kernel.audit.public import record
from heluo.kernel.events.public import announce
from heluo.kernel.nodes.access import Permission
from heluo.kernel.nodes.actions.exchanging import JOIN, about_us, next_number, posted
from heluo.kernel.nodes.actions.keyring import subject_of
from heluo.kernel.nodes.actions.troubles import note_trouble
from heluo.kernel.nodes.crypto import proven, signed, unproven
from heluo.kernel.nodes.enums import Fault, RequestState, Standing, TokenType
from heluo.kernel.nodes.errors import (
    AlreadyDecided,
    ExchangeRefused,
    HubKeyChanged,
    HubUnreachable,
    JoinRequestsFull,
    JoinsItself,
    KeyAlreadyRevoked,
    NodeAlreadyEnded,
    OtherFingerprint,
    ReasonMissing,
)
from heluo.kernel.nodes.events import NodeEnded, NodeJoined
from heluo.kernel.nodes.keys import own_key
from heluo.kernel.nodes.models import JoinRequest, Node, NodeKey
from heluo.kernel.nodes.vocabulary import MOST_SKEW, CardClaims
from heluo.kernel.signing.public import fingerprint_of, key_id_of, public_key_of, text_of

MOST_CARD_BYTES = 32 * 1024
MOST_WAITING = 500
MOST_WAITING_PER_DOMAIN = 3


def join_hub(*, by: Actor, address: str, fingerprint: str = "", now: datetime) -> Node:
    """Ask the node at an address to let us in. An officer there decides; we hear of it when we ask next.

    `fingerprint`: what the other side said its key is; asked again after a refusal or an end, the request is a new one.
    Refusals: HubUnreachable, JoinsItself, OtherFingerprint, HubKeyChanged.
    """
    require(by, Permission.MANAGE)
    address = address.strip().rstrip("/")
    known = Node.objects.filter(address=address).first()
    try:
        token = posted(f"{address}{JOIN}", own_card(known.domain if known else "", now), most_bytes=MOST_CARD_BYTES)
        card = _read_card(token, now)
    except ExchangeRefused as refusal:
        raise HubUnreachable(address=address, why=refusal.fault.label) from None
    if card.iss == settings.NODE_DOMAIN:
        raise JoinsItself
    theirs = public_key_of(card.key)
    if fingerprint and not is_same(fingerprint, fingerprint_of(theirs)):
        raise OtherFingerprint(fingerprint=fingerprint_of(theirs))
    return _remember_hub(by=by, address=address, card=card, now=now)


@transaction.atomic
def _remember_hub(*, by: Actor, address: str, card: CardClaims, now: datetime) -> Node:
    key_id = key_id_of(public_key_of(card.key))
    node = Node.objects.select_for_update(no_key=True).filter(domain=card.iss).first()
    if node is not None:
        key = node.keys.filter(key_id=key_id).first()
        if (key is None and node.standing != Standing.ENDED) or (key is not None and key.revoked_at):
            raise HubKeyChanged(domain=card.iss)
        node.keys.filter(revoked_at__isnull=True).exclude(key_id=key_id).update(revoked_at=now)
    node = node or Node(domain=card.iss, since=now)
    introduce(node, card)
    node.address, node.ask_at, node.failures = address, now, 0
    node.standing, node.reason = Standing.REQUESTED, ""
    node.next_in = card.next_seq
    node.save()
    NodeKey.objects.get_or_create(node=node, key_id=key_id, defaults={"public": card.key, "known_since": now})
    record(
        by=by,
        at=now,
        deed="nodes.join_asked",
        subject=subject_of(node.domain, node.name),
        details={"fingerprint": fingerprint_of(public_key_of(card.key))},
    )
    return node


def answer_card(*, token: str, now: datetime) -> str:
    """Note that a node asks to be let in, and show our own card. Refusals: ExchangeRefused (counted), JoinRequestsFull.

    The card proves only that its sender holds the key it shows. Whether it bears its own name, an officer finds out.
    """
    try:
        if len(token) > MOST_CARD_BYTES:
            raise ExchangeRefused(Fault.TOO_LARGE)
        card = _read_card(token, now)
        if card.iss == settings.NODE_DOMAIN:
            raise ExchangeRefused(Fault.WRONG_AUDIENCE)
    except ExchangeRefused as refusal:
        note_trouble(node=None, fault=refusal.fault, now=now)
        raise
    _note_request(card, now)
    return own_card(card.iss, now)


@transaction.atomic
def _note_request(card: CardClaims, now: datetime) -> None:
    key_id = key_id_of(public_key_of(card.key))
    waiting = JoinRequest.objects.filter(state=RequestState.WAITING)
    request = waiting.select_for_update().filter(domain=card.iss, key_id=key_id).first()
    if request is None:
        of_domain = waiting.filter(domain=card.iss).count()
        if of_domain >= MOST_WAITING_PER_DOMAIN or waiting.count() >= MOST_WAITING:
            raise JoinRequestsFull
        request = JoinRequest(domain=card.iss, key_id=key_id, public=card.key, asked_at=now)
    introduce(request, card)
    request.next_seq = card.next_seq
    if request.pk:
        request.save()
    else:
        JoinRequest.objects.bulk_create([request], ignore_conflicts=True)  # the same card may come twice at once


@transaction.atomic
def approve_request(*, by: Actor, request: JoinRequest, now: datetime) -> Node:
    """Let a node in under the key its request shows; any other key under its name ends.

    Refusals: AlreadyDecided, KeyAlreadyRevoked.
    """
    require(by, Permission.MANAGE)
    locked = _waiting(request)
    node = Node.objects.select_for_update(no_key=True).filter(domain=locked.domain).first()
    if node is not None and node.keys.filter(key_id=locked.key_id, revoked_at__isnull=False).exists():
        raise KeyAlreadyRevoked
    node = node or Node(domain=locked.domain, since=now)
    node.name, node.tier, node.version = locked.name, locked.tier, locked.version
    node.capabilities, node.next_in = locked.capabilities, locked.next_seq
    node.standing, node.reason = Standing.ACTIVE, ""
    node.save()
    node.keys.filter(revoked_at__isnull=True).exclude(key_id=locked.key_id).update(revoked_at=now)
    NodeKey.objects.get_or_create(
        node=node, key_id=locked.key_id, defaults={"public": locked.public, "known_since": now}
    )
    _decide(locked, RequestState.APPROVED, by, "", now)
    subject = subject_of(node.domain, node.name)
    record(by=by, at=now, deed="nodes.join_approved", subject=subject, details={"fingerprint": locked.fingerprint})
    announce(NodeJoined(domain=node.domain), by=by, at=now)
    return node


@transaction.atomic
def refuse_request(*, by: Actor, request: JoinRequest, reason: str, now: datetime) -> None:
    """Do not let a node in; it is told why. Refusals: AlreadyDecided, ReasonMissing."""
    require(by, Permission.MANAGE)
    if not reason.strip():
        raise ReasonMissing(field="reason")
    locked = _waiting(request)
    _decide(locked, RequestState.REFUSED, by, reason.strip(), now)
    subject = subject_of(locked.domain, locked.name)
    details = {"fingerprint": locked.fingerprint, "reason": locked.reason}
    record(by=by, at=now, deed="nodes.join_refused", subject=subject, details=details)


@transaction.atomic
def end_node(*, by: Actor, node: Node, now: datetime) -> None:
    """Exchange nothing more with a node; what waits for it is kept. It may ask to be let in again."""
    require(by, Permission.MANAGE)
    locked = Node.objects.select_for_update(no_key=True).filter(pk=node.pk).first()
    if locked is None:
        raise NotFound
    if locked.standing == Standing.ENDED:
        raise NodeAlreadyEnded
    locked.standing, locked.ask_at = Standing.ENDED, None
    locked.save(update_fields=["standing", "ask_at"])
    record(by=by, at=now, deed="nodes.ended", subject=subject_of(locked.domain, locked.name))
    announce(NodeEnded(domain=locked.domain), by=by, at=now)


def own_card(reader: str, now: datetime) -> str:
    key_id, key = own_key(now=now)
    claims = {
        "iss": settings.NODE_DOMAIN,
        "iat": int(now.timestamp()),
        "about": about_us().model_dump(mode="json"),
        "key": text_of(key.public_key()),
        "next_seq": next_number(reader),
    }
    return signed(claims, kind=TokenType.CARD, key_id=key_id, key=key)


def _read_card(token: str, now: datetime) -> CardClaims:
    """A card whose sender holds the key it shows, written just now."""
    try:
        card = proven(token, CardClaims, public=unproven(token, CardClaims).key)
    except ValueError:
        raise ExchangeRefused(Fault.MALFORMED) from None
    if abs(now.timestamp() - card.iat) > MOST_SKEW.total_seconds():
        raise ExchangeRefused(Fault.CLOCK_SKEWED)
    return card


def introduce(who: Node | JoinRequest, card: CardClaims) -> None:
    who.name, who.tier, who.version = card.about.name, card.about.tier, card.about.version
    who.capabilities = card.about.capabilities


def _waiting(request: JoinRequest) -> JoinRequest:
    locked = JoinRequest.objects.select_for_update().filter(pk=request.pk).first()
    if locked is None:
        raise NotFound
    if locked.state != RequestState.WAITING:
        raise AlreadyDecided
    return locked


def _decide(request: JoinRequest, state: RequestState, by: Actor, reason: str, now: datetime) -> None:
    request.state, request.decided_at, request.decided_by, request.reason = state, now, by.name[:100], reason
    request.save(update_fields=["state", "decided_at", "decided_by", "reason"])


def is_same(fingerprint: str, other: str) -> bool:
    """Whether two fingerprints are of one key, however they are written."""
    return _plain(fingerprint) == _plain(other)


def _plain(fingerprint: str) -> str:
    return "".join(fingerprint.split()).replace(":", "").lower()
