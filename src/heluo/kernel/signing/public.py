"""What the rest of the house calls: `from heluo.kernel.signing.public import key_id_of, read_key`."""

from heluo.kernel.signing.keys import (
    fingerprint_of,
    is_signed,
    keep,
    keep_key,
    key_id_of,
    keys_folder,
    public_key_of,
    read_key,
    text_of,
)

__all__ = [
    "fingerprint_of",
    "is_signed",
    "keep",
    "keep_key",
    "key_id_of",
    "keys_folder",
    "public_key_of",
    "read_key",
    "text_of",
]
