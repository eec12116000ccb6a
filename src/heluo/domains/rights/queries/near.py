"""Contents that look alike: their codes differ in few bits."""

from collections.abc import Collection
from dataclasses import dataclass

from django.db import connection

from heluo.domains.rights.models import Fingerprint

BITS, BANDS, WIDTH = 64, 4, 16
FARTHEST = 6
"""Bits in which codes of near copies differ at most: 90 % alike. Of four bands one differs in a single bit then."""
MOST_NEAR = 50


@dataclass(frozen=True, slots=True)
class NearCopy:
    """Two contents by their SHA-256, and how alike they are, in per cent."""

    content: str
    near: str
    likeness: int


def signed(digest: bytes) -> int:
    """The first 64 bits of a code as PostgreSQL keeps them."""
    return int.from_bytes(digest[: BITS // 8], "big", signed=True)


def bands_of(code: int) -> list[int]:
    """The bits in four parts, each marked with its place so that one index holds all."""
    bits = code & (2**BITS - 1)
    return [place << WIDTH | (bits >> (place * WIDTH)) & (2**WIDTH - 1) for place in range(BANDS)]


def _around(code: int) -> list[int]:
    """Every band of a code, and each with one bit the other way."""
    return [other for band in bands_of(code) for other in (band, *(band ^ 1 << bit for bit in range(WIDTH)))]


def near_copies(contents: Collection[str]) -> list[NearCopy]:
    """Other contents that are almost the same as some, the nearest first. Two queries."""
    known = list(Fingerprint.objects.filter(sha256__in=contents))
    if not known:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            NEAR,
            {
                "own": list(contents),
                "shas": [one.sha256 for one in known],
                "ofs": [one.of for one in known],
                "codes": [one.code for one in known],
                "arounds": ["{" + ",".join(map(str, _around(one.code))) + "}" for one in known],
                "farthest": FARTHEST,
                "most": MOST_NEAR,
            },
        )
        return [NearCopy(content, near, likeness) for content, near, likeness in cursor.fetchall()]


NEAR = """
    SELECT asked.sha256, other.sha256, round(100 * (64 - min(distance)) / 64.0)::integer
      FROM unnest(%(shas)s::text[], %(ofs)s::text[], %(codes)s::bigint[], %(arounds)s::text[])
           AS asked(sha256, of, code, around)
      JOIN rights_fingerprint AS other ON other.bands && asked.around::integer[] AND other.of = asked.of
      CROSS JOIN LATERAL (SELECT bit_count((other.code # asked.code)::bit(64))) AS differing(distance)
     WHERE distance <= %(farthest)s AND NOT other.sha256 = ANY(%(own)s)
     GROUP BY asked.sha256, other.sha256
     ORDER BY min(distance), other.sha256
     LIMIT %(most)s
"""
