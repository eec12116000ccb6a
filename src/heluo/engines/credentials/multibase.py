"""Multibase and Multikey (Controlled Identifiers 1.0, section 2.2.2): how keys and signatures are written."""

from base64 import urlsafe_b64decode, urlsafe_b64encode

ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
VALUES = {letter: value for value, letter in enumerate(ALPHABET)}
BASE58, BASE64URL = "z", "u"
ED25519_PUBLIC = b"\xed\x01"
"""The multicodec of an Ed25519 public key, as a varint."""
ED25519_LENGTH = 32
SHA2_256 = b"\x12\x20"
"""The multihash prefix of a SHA-256 digest."""


def base58(content: bytes) -> str:
    """Base58 in Bitcoin's alphabet: each leading zero byte is a leading 1."""
    number, letters = int.from_bytes(content, "big"), ""
    while number:
        number, rest = divmod(number, len(ALPHABET))
        letters = ALPHABET[rest] + letters
    zeros = len(content) - len(content.lstrip(b"\0"))
    return ALPHABET[0] * zeros + letters


def from_base58(text: str) -> bytes:
    """Raises `ValueError`."""
    number = 0
    for letter in text:
        if letter not in VALUES:
            raise ValueError("not base58")
        number = number * len(ALPHABET) + VALUES[letter]
    zeros = len(text) - len(text.lstrip(ALPHABET[0]))
    return b"\0" * zeros + number.to_bytes((number.bit_length() + 7) // 8, "big")


def base64url(content: bytes) -> str:
    return urlsafe_b64encode(content).decode().rstrip("=")


def from_base64url(text: str) -> bytes:
    """Raises `ValueError`: also where a letter stands that the alphabet has not, or padding."""
    if not all(letter.isascii() and (letter.isalnum() or letter in "-_") for letter in text):
        raise ValueError("not base64url")
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


def multikey(public: bytes) -> str:
    """An Ed25519 public key as a `publicKeyMultibase`."""
    return BASE58 + base58(ED25519_PUBLIC + public)


def from_multikey(text: str) -> bytes:
    """The 32 bytes of an Ed25519 public key. Raises `ValueError`."""
    content = from_base58(text[1:]) if text[:1] == BASE58 and len(text) < 64 else b""
    if not content.startswith(ED25519_PUBLIC) or len(content) != len(ED25519_PUBLIC) + ED25519_LENGTH:
        raise ValueError("not an Ed25519 Multikey")
    return content[len(ED25519_PUBLIC) :]
