"""Encryption of identifiers: replaceable algorithms and a ring of keys."""

from heluo.kernel.people.crypto.algorithms import CIPHERS, DIGESTS, Cipher, Digest
from heluo.kernel.people.crypto.keyring import KeyRing, key_file, load_ring, make_ring, open_ring, store_ring

__all__ = [
    "CIPHERS",
    "DIGESTS",
    "Cipher",
    "Digest",
    "KeyRing",
    "key_file",
    "load_ring",
    "make_ring",
    "open_ring",
    "store_ring",
]
