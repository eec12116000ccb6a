"""What nodes ask one another beside the exchange: a signed question that holds for some minutes, answered on the spot.

For what is too large for a message (a content) or no news at all (which of these do you have). What is asked so must
change nothing: whoever catches such a text may repeat it until it is too old.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.conf import settings

from heluo.kernel.nodes.actions.troubles import note_trouble
from heluo.kernel.nodes.crypto import key_id_in, proven, signed, unproven
from heluo.kernel.nodes.enums import Fault, Standing, TokenType
from heluo.kernel.nodes.errors import ExchangeRefused
from heluo.kernel.nodes.keys import own_key
from heluo.kernel.nodes.models import Node, NodeKey
from heluo.kernel.nodes.vocabulary import MOST_ENVELOPE_BYTES, MOST_SKEW, AskingClaims


def sign_asking(*, to: str, asks: str, body: Mapping[str, Any], now: datetime) -> str:
    """A question to another node, signed. Refusal: OwnKeyMissing."""
    key_id, key = own_key(now=now)
    claims = {
        "iss": settings.NODE_DOMAIN,
        "aud": to,
        "iat": int(now.timestamp()),
        "asks": asks,
        "body": dict(body),
    }
    return signed(claims, kind=TokenType.ASKING, key_id=key_id, key=key)


def read_asking(*, token: str, asks: str, now: datetime) -> tuple[Node, Mapping[str, Any]]:
    """Who asks, and what, once it is proven that a node which belongs to us asks just this, now. Refusal:
    ExchangeRefused, which is counted.
    """
    node = None
    try:
        if len(token) > MOST_ENVELOPE_BYTES:
            raise ExchangeRefused(Fault.TOO_LARGE)
        key_id = key_id_in(token, kind=TokenType.ASKING)
        node = Node.objects.filter(domain=unproven(token, AskingClaims).iss).first()
        if node is None or node.standing != Standing.ACTIVE:
            raise ExchangeRefused(Fault.UNKNOWN_NODE)
        key = NodeKey.objects.filter(node=node, key_id=key_id).first()
        if key is None:
            raise ExchangeRefused(Fault.UNKNOWN_KEY)
        if key.revoked_at is not None:
            raise ExchangeRefused(Fault.REVOKED_KEY)
        claims = proven(token, AskingClaims, public=key.public, audience=settings.NODE_DOMAIN)
        if claims.asks != asks:
            raise ExchangeRefused(Fault.MALFORMED)
        if abs(now.timestamp() - claims.iat) > MOST_SKEW.total_seconds():
            raise ExchangeRefused(Fault.CLOCK_SKEWED)
    except ExchangeRefused as refusal:
        note_trouble(node=node, fault=refusal.fault, now=now)
        raise
    return node, claims.body
