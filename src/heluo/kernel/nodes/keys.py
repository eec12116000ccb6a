"""The key this node signs with: which one it is stands in the database, its private half in `DATA/keys`."""

from datetime import datetime
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import IntegrityError, transaction

from heluo.kernel.nodes.errors import OwnKeyMissing
from heluo.kernel.nodes.models import OwnKey
from heluo.kernel.signing.public import fingerprint_of, keep_key, key_id_of, keys_folder, read_key, text_of


def own_key(*, now: datetime) -> tuple[str, Ed25519PrivateKey]:
    """The key in use and its id; made when first asked for."""
    kept = OwnKey.objects.filter(retired_at__isnull=True).first() or _first_key(now)
    return kept.key_id, private_half(kept.key_id)


def own_fingerprint(*, now: datetime) -> str:
    """What somebody tells the other side, so that they know our key when they see it."""
    return fingerprint_of(own_key(now=now)[1].public_key())


def private_half(key_id: str) -> Ed25519PrivateKey:
    try:
        return read_key(_file(key_id))
    except FileNotFoundError:
        raise OwnKeyMissing(key=key_id) from None


def fresh_key() -> Ed25519PrivateKey:
    """A new key, its file written: one that no row will name does no harm."""
    key = Ed25519PrivateKey.generate()
    keep_key(_file(key_id_of(key.public_key())), key)
    return key


def _first_key(now: datetime) -> OwnKey:
    key = fresh_key().public_key()
    try:
        with transaction.atomic():
            return OwnKey.objects.create(key_id=key_id_of(key), public=text_of(key), made_at=now)
    except IntegrityError:  # another process was first
        return OwnKey.objects.get(retired_at__isnull=True)


def _file(key_id: str) -> Path:
    return keys_folder() / f"node-{key_id}.pem"
