"""The key that credentials are signed with now: which one stands in the database, its private half in `DATA/keys`."""

from datetime import datetime
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import IntegrityError, transaction

from heluo.engines.credentials.errors import SigningKeyMissing
from heluo.engines.credentials.models import SigningKey
from heluo.kernel.signing.public import keep_key, key_id_of, keys_folder, read_key, text_of


def key_in_use(*, now: datetime) -> tuple[SigningKey, Ed25519PrivateKey]:
    """The key in use and its private half; made when first asked for. Refusal: SigningKeyMissing."""
    kept = SigningKey.objects.filter(retired_at=None).first() or _first(now)
    try:
        return kept, read_key(_file(kept.key_id))
    except FileNotFoundError:
        raise SigningKeyMissing(key=kept.key_id) from None


def make_key(*, now: datetime) -> SigningKey:
    """A new key in use, its file written first: one that no row will name does no harm."""
    private = Ed25519PrivateKey.generate()
    public = private.public_key()
    keep_key(_file(key_id_of(public)), private)
    return SigningKey.objects.create(key_id=key_id_of(public), public=text_of(public), made_at=now)


def _first(now: datetime) -> SigningKey:
    try:
        with transaction.atomic():
            return make_key(now=now)
    except IntegrityError:  # another process was first
        return SigningKey.objects.get(retired_at=None)


def _file(key_id: str) -> Path:
    return keys_folder() / f"credentials-{key_id}.pem"
