"""That a copy is whole: Merkle trees over what the public was told, the same at the original and at the copy.

A *leaf* is the SHA-256 of an entry that is there: of the 16 bytes of its identifier, and the SHA-256 of each of its
texts in the order of `TEXTS`. A gone one has none, because a copy need never have heard of it. Leaves hang under the
hexadecimal digits of their identifier: at the depth of the tree a *part* is the SHA-256 of its leaves in the order of
identifiers; above, of digit and hash of each part that holds something. Only what travels goes in, so that whoever
keeps the same entries has the same root (`docs/oaipmh.md`).
"""

import math
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet

from heluo.engines.catalogue.registry import staying_facets

FANOUT = 16
LEAVES_IN_A_PART = 16
"""As many as this, about, at the bottom: what is sent when a part differs."""
KEYWORDS = """
    SELECT string_agg(word, E'\\n' ORDER BY place)
      FROM jsonb_array_elements_text(entry.keywords) WITH ORDINALITY AS said(word, place)
"""
FACETS = """
    SELECT string_agg(key || '=' || code, E'\\n' ORDER BY key COLLATE "C", code COLLATE "C")
      FROM jsonb_each(entry.facets) AS facet(key, codes), jsonb_array_elements_text(codes) AS one(code)
     WHERE key <> ALL(%s)
"""
VERSION = """
    CASE jsonb_typeof(entry.payload -> 'version')
    WHEN 'number' THEN entry.payload ->> 'version' ELSE entry.version::text END
"""
FILES = """
    SELECT string_agg(file ->> 'sha256', E'\\n' ORDER BY place)
      FROM jsonb_array_elements(
             CASE jsonb_typeof(entry.payload -> 'files') WHEN 'array' THEN entry.payload -> 'files' ELSE '[]' END
           ) WITH ORDINALITY AS listed(file, place)
"""
TEXTS = (
    "entry.title",
    "entry.description",
    f"({KEYWORDS})",
    f"({FACETS})",
    "entry.language",
    "entry.licence",
    "entry.creator_name",
    "entry.creator_id::text",
    VERSION,
    f"({FILES})",
)
"""Title, description, keywords, facets as `key=code` sorted by their bytes, language, licence, creator, their
identifier, version, SHA-256 of each file; several values of one field on a line each.
"""


HASHES = " || ".join(f"sha256(convert_to(coalesce({text}, ''), 'UTF8'))" for text in TEXTS)
LEAF = f"sha256(uuid_send(entry.uuid) || {HASHES})"
"""SQL for the leaf of a row `entry`. Its parameter is `staying`: facets of which each catalogue says its own."""


def hung(leaves: str) -> str:
    """SQL for the parts at the bottom of a tree over rows `(uuid, leaf)`; its first parameter is the depth."""
    return f"""
        SELECT left(replace(uuid::text, '-', ''), %s) AS prefix, count(*) AS count,
               sha256(string_agg(leaf, ''::bytea ORDER BY uuid)) AS hash
          FROM ({leaves}) AS hung GROUP BY prefix
    """  # noqa: S608  # statements of our own


ABOVE = """
    SELECT left(prefix, -1) AS prefix, sum(count)::bigint AS count,
           sha256(string_agg(convert_to(right(prefix, 1), 'UTF8') || hash, ''::bytea ORDER BY prefix)) AS hash
      FROM {parts} GROUP BY left(prefix, -1)
"""

UNDER = """
    SELECT held.uuid, held.leaf FROM unnest(%s::uuid[], %s::uuid[]) AS under(first, last)
      JOIN ({leaves}) AS held ON held.uuid BETWEEN under.first AND under.last
"""


def depth_for(count: int) -> int:
    """How many digits deep a tree over so many leaves is."""
    return max(0, math.ceil(math.log(count / LEAVES_IN_A_PART, FANOUT))) if count else 0


@dataclass(frozen=True, slots=True)
class Part:
    """How many entries are under a prefix, and the hash over them."""

    count: int
    hash: str


def tree_of(held: QuerySet, *, depth: int) -> dict[str, Part]:  # type: ignore[type-arg]  # rows of anybody's table
    """The tree over the entries of a copy: prefix → part, the root under "". `held` gives its `uuid`s.

    One statement, whatever the depth; a shared bottom would otherwise be read for each level.
    """
    sql, params = _leaves(held)
    levels = [f"level{depth} AS MATERIALIZED ({hung(sql)})"]
    levels += [f"level{at} AS ({ABOVE.format(parts=f'level{at + 1}')})" for at in reversed(range(depth))]
    union = " UNION ALL ".join(f"TABLE level{at}" for at in range(depth + 1))
    with connection.cursor() as cursor:
        cursor.execute(f"WITH {', '.join(levels)} {union}", [depth, *params])
        return {prefix: Part(count, bytes(found).hex()) for prefix, count, found in cursor.fetchall()}


def leaves_of(held: QuerySet, *, prefixes: Collection[str] = ("",)) -> dict[UUID, str]:  # type: ignore[type-arg]
    """The leaves of a copy under some prefixes; all, if none are given. One statement, however many."""
    sql, params = _leaves(held)
    ranges = [bounds(prefix) for prefix in prefixes]
    firsts, lasts = [first for first, _last in ranges], [last for _first, last in ranges]
    with connection.cursor() as cursor:
        cursor.execute(UNDER.format(leaves=sql), [firsts, lasts, *params])
        return {uuid: bytes(found).hex() for uuid, found in cursor.fetchall()}


def bounds(prefix: str) -> tuple[UUID, UUID]:
    """The first and the last identifier under a prefix."""
    return UUID(prefix.ljust(32, "0")), UUID(prefix.ljust(32, "f"))


def _leaves(held: QuerySet) -> tuple[str, tuple[Any, ...]]:  # type: ignore[type-arg]
    sql, params = held.values("uuid").order_by().query.sql_with_params()
    joined = f"""
        SELECT entry.uuid, {LEAF} AS leaf
          FROM ({sql}) AS held(uuid) JOIN catalogue_entry AS entry ON entry.uuid = held.uuid
    """  # noqa: S608
    return joined, (staying(), *params)


def staying() -> list[str]:
    return sorted(staying_facets())
