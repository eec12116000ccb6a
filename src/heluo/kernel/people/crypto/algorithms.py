"""The algorithms behind two small interfaces, so that a node may choose the international or the national family.

AES-256-GCM (NIST SP 800-38D) and HMAC-SHA-256 (FIPS 198-1), or SM4-GCM (GB/T 32907) and HMAC-SM3 (GB/T 32905).
"""

import secrets
from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes, hmac
from cryptography.hazmat.primitives.ciphers import Cipher as Machine
from cryptography.hazmat.primitives.ciphers import algorithms, modes

NONCE_BYTES = 12
TAG_BYTES = 16


class BadSeal(Exception):
    """The sealed bytes, the key or what they are bound to do not belong together."""


class Cipher(Protocol):
    """Authenticated encryption. Sealed bytes are nonce, ciphertext and tag in a row."""

    @property
    def key_bytes(self) -> int: ...

    def seal(self, key: bytes, plain: bytes, bound_to: bytes) -> bytes: ...

    def unseal(self, key: bytes, sealed: bytes, bound_to: bytes) -> bytes: ...


class Digest(Protocol):
    """A keyed hash that finds equal values without storing them."""

    @property
    def key_bytes(self) -> int: ...

    def of(self, key: bytes, message: bytes) -> bytes: ...


class GaloisCounter:
    """Any 128-bit block cipher in Galois/Counter mode with a fresh random nonce each time."""

    def __init__(self, algorithm: type[algorithms.AES] | type[algorithms.SM4], key_bytes: int) -> None:
        self.algorithm = algorithm
        self.key_bytes = key_bytes

    def seal(self, key: bytes, plain: bytes, bound_to: bytes) -> bytes:
        nonce = secrets.token_bytes(NONCE_BYTES)
        encryptor = Machine(self.algorithm(key), modes.GCM(nonce)).encryptor()
        encryptor.authenticate_additional_data(bound_to)
        return nonce + encryptor.update(plain) + encryptor.finalize() + encryptor.tag

    def unseal(self, key: bytes, sealed: bytes, bound_to: bytes) -> bytes:
        if len(sealed) < NONCE_BYTES + TAG_BYTES:
            raise BadSeal
        nonce, body, tag = sealed[:NONCE_BYTES], sealed[NONCE_BYTES:-TAG_BYTES], sealed[-TAG_BYTES:]
        decryptor = Machine(self.algorithm(key), modes.GCM(nonce, tag)).decryptor()
        decryptor.authenticate_additional_data(bound_to)
        try:
            return decryptor.update(body) + decryptor.finalize()
        except InvalidTag:
            raise BadSeal from None


class KeyedHash:
    """HMAC over any hash function."""

    key_bytes = 32

    def __init__(self, algorithm: type[hashes.SHA256] | type[hashes.SM3]) -> None:
        self.algorithm = algorithm

    def of(self, key: bytes, message: bytes) -> bytes:
        machine = hmac.HMAC(key, self.algorithm())
        machine.update(message)
        return machine.finalize()


CIPHERS: dict[str, Cipher] = {
    "aes-256-gcm": GaloisCounter(algorithms.AES, 32),
    "sm4-gcm": GaloisCounter(algorithms.SM4, 16),
}
DIGESTS: dict[str, Digest] = {"hmac-sha256": KeyedHash(hashes.SHA256), "hmac-sm3": KeyedHash(hashes.SM3)}
