"""Messages from another node: each applied once, in the order of their numbers."""

from collections.abc import Callable
from datetime import UTC, datetime

import structlog
from django.conf import settings
from django.db import InterfaceError, OperationalError, transaction
from django.utils.translation import override

from heluo.kernel.actors.errors import NotFound, Refusal
from heluo.kernel.actors.public import Actor, require
from heluo.kernel.audit.public import record
from heluo.kernel.nodes.access import Permission
from heluo.kernel.nodes.actions.keyring import subject_of
from heluo.kernel.nodes.actions.troubles import note_trouble
from heluo.kernel.nodes.crypto import key_id_in, proven
from heluo.kernel.nodes.enums import Fault, IncomingState, TokenType
from heluo.kernel.nodes.errors import ExchangeRefused, HandlerFailed, KindUnknown, NotInTrouble
from heluo.kernel.nodes.models import Incoming, Node, NodeKey
from heluo.kernel.nodes.registry import kind_named
from heluo.kernel.nodes.vocabulary import MOST_MESSAGE_BYTES, Message, MessageClaims

log = structlog.get_logger(__name__)


def take_messages(*, node: Node, tokens: list[str], now: datetime) -> None:
    """Take signed messages of one node, each in a transaction of its own; stop at the first that cannot be believed.

    What is not taken is not acknowledged, and comes again.
    """
    keys = {key.key_id: key for key in NodeKey.objects.filter(node=node)}
    for token in tokens:
        try:
            _take(node, believed(token, node=node, keys=keys), now)
        except ExchangeRefused as refusal:
            note_trouble(node=node, fault=refusal.fault, now=now)
            return
        except _NotItsTurn:
            return


class _NotItsTurn(Exception):
    """A message before it has not come yet."""


def believed(token: str, *, node: Node, keys: dict[str, NodeKey]) -> MessageClaims:
    """What a message says, once a key of its sender signed it and it is meant for us."""
    if len(token) > MOST_MESSAGE_BYTES:
        raise ExchangeRefused(Fault.TOO_LARGE)
    key = keys.get(key_id_in(token, kind=TokenType.MESSAGE))
    if key is None:
        raise ExchangeRefused(Fault.UNKNOWN_KEY)
    if key.revoked_at is not None:
        raise ExchangeRefused(Fault.REVOKED_KEY)
    claims = proven(token, MessageClaims, public=key.public, audience=settings.NODE_DOMAIN)
    if claims.iss != node.domain:
        raise ExchangeRefused(Fault.FORGED)
    return claims


def _take(node: Node, claims: MessageClaims, now: datetime) -> None:
    message = Message(
        id=claims.jti,
        sender=node.domain,
        kind=claims.kind,
        body=claims.body,
        sent_at=datetime.fromtimestamp(claims.iat, UTC),
        now=now,
    )
    try:
        with transaction.atomic():
            if _is_next(node, claims, now):
                _note(node, claims, message, IncomingState.APPLIED)
                _apply(message)
    except Refusal as refusal:
        if isinstance(refusal, ExchangeRefused):
            raise
        with transaction.atomic():
            if _is_next(node, claims, now):
                _note(node, claims, message, IncomingState.TROUBLE, refusal)


def _is_next(node: Node, claims: MessageClaims, now: datetime) -> bool:
    """Whether it is this message's turn; one that came before only moves the number on."""
    locked = Node.objects.select_for_update(no_key=True).get(pk=node.pk)
    came = Incoming.objects.filter(node=node, jti=claims.jti).exists()
    if claims.seq > locked.next_in:
        raise _NotItsTurn
    if claims.seq < locked.next_in:
        if not came:
            note_trouble(node=node, fault=Fault.SEQUENCE_REUSED, now=now)
        return False
    Node.objects.filter(pk=node.pk).update(next_in=claims.seq + 1)
    return not came


def _note(
    node: Node, claims: MessageClaims, message: Message, state: IncomingState, refusal: Refusal | None = None
) -> None:
    Incoming.objects.create(
        node=node,
        jti=claims.jti,
        seq=claims.seq,
        kind=claims.kind,
        body=claims.body if refusal else None,
        sent_at=message.sent_at,
        received_at=message.now,
        state=state,
        reason=_said(refusal, "zh-hans"),
        reason_english=_said(refusal, "en"),
    )


def _apply(message: Message) -> None:
    """Hand a message to whoever registered for its kind. Whatever goes wrong there is a refusal here."""
    kind = kind_named(message.kind)
    if kind is None:
        raise KindUnknown
    try:
        with transaction.atomic():
            kind.handler(message)
    except (Refusal, InterfaceError, OperationalError):
        raise
    except Exception as error:
        log.exception("message_failed", kind=message.kind, sender=message.sender, id=str(message.id))
        raise HandlerFailed from error


def _said(refusal: Refusal | None, language: str) -> str:
    with override(language):
        return str(refusal) if refusal else ""


@transaction.atomic
def retry_message(*, by: Actor, message: Incoming, now: datetime) -> bool:
    """Try a message in trouble again; whether it was applied now. Refusals: NotFound, NotInTrouble.

    It comes late: those behind it were applied meanwhile.
    """
    require(by, Permission.MANAGE)
    locked = Incoming.objects.select_for_update(of=("self",)).select_related("node").filter(pk=message.pk).first()
    if locked is None:
        raise NotFound
    if locked.state != IncomingState.TROUBLE:
        raise NotInTrouble
    again = Message(
        id=locked.jti,
        sender=locked.node.domain,
        kind=locked.kind,
        body=locked.body or {},
        sent_at=locked.sent_at,
        now=now,
    )
    refusal = _refusal_of(lambda: _apply(again))
    locked.reason, locked.reason_english = _said(refusal, "zh-hans"), _said(refusal, "en")
    if refusal is None:
        locked.state, locked.body = IncomingState.APPLIED, None
    locked.save(update_fields=["reason", "reason_english", "state", "body"])
    subject = subject_of(locked.node.domain, locked.node.name)
    record(by=by, at=now, deed="nodes.message_retried", subject=subject, details={"kind": locked.kind})
    return refusal is None


def _refusal_of(deed: Callable[[], None]) -> Refusal | None:
    try:
        with transaction.atomic():
            deed()
    except Refusal as refusal:
        return refusal
    return None
