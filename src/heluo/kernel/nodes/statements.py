"""Signed texts that nodes pass on for one another: whoever holds one can show whose word it is, years later."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from django.conf import settings

from heluo.kernel.nodes.crypto import is_storable, key_id_in, proven, signed
from heluo.kernel.nodes.enums import TokenType
from heluo.kernel.nodes.errors import ExchangeRefused, MessageNotPlain, StatementRefused
from heluo.kernel.nodes.keys import own_key
from heluo.kernel.nodes.models import NodeKey
from heluo.kernel.nodes.vocabulary import StatementClaims
from heluo.kernel.signing.public import text_of


@dataclass(frozen=True, slots=True)
class Statement:
    """What a node said, in a text that its key signed."""

    issuer: str
    kind: str
    body: Mapping[str, Any]
    at: datetime


def sign_statement(*, kind: str, body: Mapping[str, Any], now: datetime) -> tuple[str, str]:
    """A text of this node, and the public key it is read with."""
    if not is_storable(body):
        raise MessageNotPlain
    claims = {
        "iss": settings.NODE_DOMAIN,
        "iat": int(now.timestamp()),
        "jti": str(uuid4()),
        "kind": kind,
        "body": dict(body),
    }
    key_id, key = own_key(now=now)
    return signed(claims, kind=TokenType.STATEMENT, key_id=key_id, key=key), text_of(key.public_key())


def read_statement(token: str, *, kind: str, public: str, sender: str, is_trusted: bool) -> Statement:
    """What a text of a kind says that `sender` brought, once the key signed it and the key is its author's.

    Of one's own words a node shows the key it is known by here. Those of a third node are taken only from one whose
    word for other nodes' keys is `is_trusted` here; where we know keys of the third node ourselves, it must be one of
    these. Refusal: StatementRefused.
    """
    try:
        key_id_in(token, kind=TokenType.STATEMENT)
        said = proven(token, StatementClaims, public=public)
    except (ExchangeRefused, ValueError):
        raise StatementRefused from None
    keys = NodeKey.objects.filter(node__domain=said.iss)
    known = set(keys.filter(revoked_at__isnull=True).values_list("public", flat=True))
    is_vouched_for = is_trusted and not keys.exists()
    comes_from_author = said.iss == sender and public in known
    comes_over_a_hub = said.iss != sender and is_trusted and (public in known or is_vouched_for)
    if said.kind != kind or not (comes_from_author or comes_over_a_hub):
        raise StatementRefused
    return Statement(issuer=said.iss, kind=said.kind, body=said.body, at=datetime.fromtimestamp(said.iat, UTC))
