"""The Ed25519 keys that seal the chain, in `DATA/keys`: one private key, and the public half of every key ever used."""

from functools import lru_cache
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from heluo.kernel.signing.public import keep, keep_key, key_id_of, keys_folder, public_key_of, read_key, text_of

ALGORITHM = "ed25519"
PRIVATE_NAME = "audit-seal.pem"
PUBLIC_PATTERN = "audit-seal-*.pub"


def signing_key() -> tuple[str, Ed25519PrivateKey]:
    """The key in use and its id; made when first asked for."""
    return _signing_key(keys_folder())


@lru_cache(maxsize=4)
def _signing_key(folder: Path) -> tuple[str, Ed25519PrivateKey]:
    path = folder / PRIVATE_NAME
    if not path.exists():
        keep_key(path, Ed25519PrivateKey.generate())
    key = read_key(path)
    key_id = key_id_of(key.public_key())
    keep(folder / PUBLIC_PATTERN.replace("*", key_id), text_of(key.public_key()).encode())
    return key_id, key


def known_keys() -> dict[str, Ed25519PublicKey]:
    """Key id → public key, as far as this machine's key folder knows them. The database is not asked."""
    keys = [public_key_of(path.read_text()) for path in keys_folder().glob(PUBLIC_PATTERN)]
    return {key_id_of(key): key for key in keys}
