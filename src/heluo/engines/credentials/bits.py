"""Bitstring Status List v1.0: one bit per credential, gzipped and in base64url with its multibase letter."""

import gzip
import zlib
from collections.abc import Iterable

from heluo.engines.credentials.multibase import BASE64URL, base64url, from_base64url

SIZE = 131_072
"""Bits of a list: the least the standard allows, so that a look at one bit says little about whose it is."""
MOST_BYTES = 4 * 1024 * 1024


def encoded(indexes: Iterable[int], *, size: int = SIZE) -> str:
    """A list whose bits at `indexes` are set; index 0 is the left-most bit of the first byte."""
    bits = bytearray(size // 8)
    for index in indexes:
        bits[index // 8] |= 0x80 >> index % 8
    return BASE64URL + base64url(gzip.compress(bytes(bits), mtime=0))


def decoded(text: str) -> bytes:
    """The bits of a list. Raises `ValueError`: also where it unfolds too far."""
    if text[:1] != BASE64URL:
        raise ValueError("not in base64url")
    unfolder = zlib.decompressobj(wbits=16 + zlib.MAX_WBITS)
    try:
        bits = unfolder.decompress(from_base64url(text[1:]), MOST_BYTES)
    except zlib.error as error:
        raise ValueError("not gzip") from error
    if unfolder.unconsumed_tail or not unfolder.eof or len(bits) * 8 < SIZE:
        raise ValueError("not a status list")
    return bits


def is_set(bits: bytes, index: int) -> bool:
    """Raises `ValueError` for an index beyond the list."""
    if not 0 <= index < len(bits) * 8:
        raise ValueError("beyond the list")
    return bool(bits[index // 8] & 0x80 >> index % 8)
