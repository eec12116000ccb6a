"""Ed25519 keys in files of the data folder, and what is said of a key."""

import hashlib
import os
import secrets
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from django.conf import settings

KEY_ID_LENGTH = 16
FINGERPRINT_GROUP = 4


def keys_folder() -> Path:
    folder: Path = settings.DATA / "keys"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder


def keep(path: Path, content: bytes) -> None:
    """Write a file only its owner may read, whole or not at all, unless it is there already."""
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()


def keep_key(path: Path, key: Ed25519PrivateKey) -> None:
    """Write a private key, unless there is one already."""
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    keep(path, pem)


def read_key(path: Path) -> Ed25519PrivateKey:
    """The private key in a file. Raises `FileNotFoundError`."""
    key = serialization.load_pem_private_key(path.read_bytes(), password=None)
    if not isinstance(key, Ed25519PrivateKey):
        raise TypeError(f"{path} does not hold an Ed25519 key")
    return key


def public_key_of(text: str) -> Ed25519PublicKey:
    """A public key as its 32 bytes in hex. Raises `ValueError`."""
    return Ed25519PublicKey.from_public_bytes(bytes.fromhex(text))


def text_of(key: Ed25519PublicKey) -> str:
    return key.public_bytes_raw().hex()


def key_id_of(key: Ed25519PublicKey) -> str:
    return hashlib.sha256(key.public_bytes_raw()).hexdigest()[:KEY_ID_LENGTH]


def fingerprint_of(key: Ed25519PublicKey) -> str:
    """What two people read to each other to know that they mean the same key."""
    digest = hashlib.sha256(key.public_bytes_raw()).hexdigest()
    return " ".join(digest[start : start + FINGERPRINT_GROUP] for start in range(0, len(digest), FINGERPRINT_GROUP))


def is_signed(key: Ed25519PublicKey, signature: bytes, message: bytes) -> bool:
    try:
        key.verify(signature, message)
    except InvalidSignature:
        return False
    return True
