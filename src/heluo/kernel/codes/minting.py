"""Identifiers that stay for ever and never collide between nodes."""

from functools import lru_cache
from uuid import NAMESPACE_DNS, UUID, uuid5

from django.conf import settings
from django.db import connection


def mint_identifier(kind: str, local_id: str) -> UUID:
    """The identifier of a thing of this node: uuid5 (RFC 9562, 5.5) of `kind/local_id` under the node's domain.

    The same kind and local id always give the same identifier, so a local id must never be used again.
    """
    return uuid5(_node(settings.NODE_DOMAIN), f"{kind}/{local_id}")


@lru_cache(maxsize=8)
def _node(domain: str) -> UUID:
    return uuid5(NAMESPACE_DNS, domain)


def reserve_ids(table: str, count: int) -> list[int]:
    """Primary keys that nobody else will get, for rows whose other columns are made from their key."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, %s)) FROM generate_series(1, %s)",
            [table, "id", count],
        )
        return [key for (key,) in cursor.fetchall()]
