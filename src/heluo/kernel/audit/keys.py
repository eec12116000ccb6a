"""The Ed25519 keys that seal the chain, in `DATA/keys`: one private key, and the public half of every key ever used."""

import hashlib
import os
import secrets
from functools import lru_cache
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from django.conf import settings

ALGORITHM = "ed25519"
PRIVATE_NAME = "audit-seal.pem"
PUBLIC_PATTERN = "audit-seal-*.pub"


def _folder() -> Path:
    folder: Path = settings.DATA / "keys"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder


def _keep(path: Path, content: bytes) -> None:
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


def key_id_of(key: Ed25519PublicKey) -> str:
    return hashlib.sha256(key.public_bytes_raw()).hexdigest()[:16]


def signing_key() -> tuple[str, Ed25519PrivateKey]:
    """The key in use and its id; made when first asked for."""
    return _signing_key(_folder())


@lru_cache(maxsize=4)
def _signing_key(folder: Path) -> tuple[str, Ed25519PrivateKey]:
    path = folder / PRIVATE_NAME
    if not path.exists():
        fresh = Ed25519PrivateKey.generate().private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        _keep(path, fresh)
    key = serialization.load_pem_private_key(path.read_bytes(), password=None)
    if not isinstance(key, Ed25519PrivateKey):
        raise TypeError(f"{path} does not hold an Ed25519 key")
    key_id = key_id_of(key.public_key())
    _keep(folder / PUBLIC_PATTERN.replace("*", key_id), key.public_key().public_bytes_raw().hex().encode())
    return key_id, key


def known_keys() -> dict[str, Ed25519PublicKey]:
    """Key id → public key, as far as this machine's key folder knows them. The database is not asked."""
    keys = [
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(path.read_text())) for path in _folder().glob(PUBLIC_PATTERN)
    ]
    return {key_id_of(key): key for key in keys}


def is_signed(key: Ed25519PublicKey, signature: bytes, message: bytes) -> bool:
    try:
        key.verify(signature, message)
    except InvalidSignature:
        return False
    return True
