"""Messages to other nodes, written in the transaction of the action that sends them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.db import transaction

from heluo.kernel.actors.public import Actor
from heluo.kernel.nodes.crypto import is_storable, signed
from heluo.kernel.nodes.enums import Standing, TokenType
from heluo.kernel.nodes.errors import MessageNotPlain, MessageTooLarge, NodeUnknown
from heluo.kernel.nodes.keys import own_key
from heluo.kernel.nodes.models import Node, Outgoing
from heluo.kernel.nodes.registry import kind_named
from heluo.kernel.nodes.vocabulary import MOST_MESSAGE_BYTES


class UnregisteredKind(LookupError):
    """A message of a kind that no app registered: a bug of the sender."""


@transaction.atomic
def send_message(
    *, kind: str, to: str, body: Mapping[str, Any], by: Actor, now: datetime, at_once: bool = False
) -> UUID:
    """Leave a message for another node: it goes with the next exchange after the commit, however long that takes.

    Whoever sends has checked what may be told. Messages to one node are numbered one after the other, so that their
    senders wait for each other's commit: send one message for a batch. `at_once`: do not wait for the minute where we
    are the one who asks. Refusals: NodeUnknown, MessageTooLarge,
    MessageNotPlain.
    """
    if kind_named(kind) is None:
        raise UnregisteredKind(kind)
    if not is_storable(body):
        raise MessageNotPlain
    node = Node.objects.select_for_update(no_key=True).filter(domain=to, standing=Standing.ACTIVE).first()
    if node is None:
        raise NodeUnknown(domain=to)
    identity = uuid4()
    claims = {
        "iss": settings.NODE_DOMAIN,
        "aud": node.domain,
        "jti": str(identity),
        "iat": int(now.timestamp()),
        "seq": node.next_out,
        "kind": kind,
        "body": dict(body),
    }
    key_id, key = own_key(now=now)
    token = signed(claims, kind=TokenType.MESSAGE, key_id=key_id, key=key)
    if len(token) > MOST_MESSAGE_BYTES:
        raise MessageTooLarge(limit=MOST_MESSAGE_BYTES // 1024)
    Outgoing.objects.create(
        node=node, seq=node.next_out, jti=identity, kind=kind, token=token, by_name=by.name[:100], made_at=now
    )
    node.next_out += 1
    if at_once and node.ask_at is not None and not node.failures:
        node.ask_at = min(node.ask_at, now)
    node.save(update_fields=["next_out", "ask_at"])
    return identity
