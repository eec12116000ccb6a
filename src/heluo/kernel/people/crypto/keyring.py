"""The keys of identifiers: a small ring in `DATA/keys/identifiers.json` (0600) or in IDENTIFIER_KEYS.

Each key knows its algorithm, so that old rows stay readable after the algorithm was changed. Keys are never thrown
away by the platform: an old backup may still need them.
"""

import json
import os
import secrets
import stat
from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from heluo.kernel.people.crypto.algorithms import CIPHERS, DIGESTS, BadSeal
from heluo.kernel.people.errors import KeyMissing, KeysElsewhere, KeysExposed, KeysUnreadable, Tampered


@dataclass(frozen=True, slots=True)
class Key:
    algorithm: str
    secret: bytes

    def as_json(self) -> dict[str, str]:
        return {"algorithm": self.algorithm, "secret": b64encode(self.secret).decode()}

    @classmethod
    def from_json(cls, raw: Mapping[str, str]) -> "Key":
        return cls(raw["algorithm"], b64decode(raw["secret"], validate=True))


@dataclass(frozen=True, slots=True)
class KeyRing:
    """All keys we have, and which of them seals and hashes new values."""

    current: str
    lookup_current: str
    keys: Mapping[str, Key]
    lookup_keys: Mapping[str, Key]

    def seal(self, plain: str, *, bound_to: str) -> bytes:
        key = self.keys[self.current]
        return CIPHERS[key.algorithm].seal(key.secret, plain.encode(), bound_to.encode())

    def unseal(self, sealed: bytes, *, key_id: str, bound_to: str) -> str:
        key = self.keys.get(key_id)
        if key is None:
            raise KeyMissing(key=key_id)
        try:
            return CIPHERS[key.algorithm].unseal(key.secret, sealed, bound_to.encode()).decode()
        except BadSeal:
            raise Tampered from None

    def lookup(self, message: str, key_id: str | None = None) -> bytes:
        """The keyed hash of a value under the current lookup key, or another one of the ring."""
        key = self.lookup_keys[key_id or self.lookup_current]
        return DIGESTS[key.algorithm].of(key.secret, message.encode())

    def lookups(self, message: str) -> list[bytes]:
        """Hashes under every lookup key: rows not yet reached by a rotation are found too."""
        return [self.lookup(message, key_id) for key_id in self.lookup_keys]

    def with_new_keys(self) -> "KeyRing":
        """The ring with a fresh sealing key, and a fresh lookup key if another digest is configured now."""
        cipher, digest = settings.IDENTIFIER_CIPHER, settings.IDENTIFIER_DIGEST
        fresh = f"k{len(self.keys) + 1}"
        ring = KeyRing(fresh, self.lookup_current, {**self.keys, fresh: _new_key(cipher)}, self.lookup_keys)
        if self.lookup_keys[self.lookup_current].algorithm == digest:
            return ring
        fresh_lookup = f"h{len(self.lookup_keys) + 1}"
        return KeyRing(
            ring.current, fresh_lookup, ring.keys, {**self.lookup_keys, fresh_lookup: _new_lookup_key(digest)}
        )

    def as_text(self) -> str:
        return json.dumps(
            {
                "current": self.current,
                "lookup_current": self.lookup_current,
                "keys": {name: key.as_json() for name, key in self.keys.items()},
                "lookup_keys": {name: key.as_json() for name, key in self.lookup_keys.items()},
            },
            indent=2,
        )

    @classmethod
    def from_text(cls, text: str, *, path: object) -> "KeyRing":
        """Read a ring; refuses one that is cut off, or names an algorithm or a current key it does not have."""
        try:
            raw = json.loads(text)
            ring = cls(
                raw["current"],
                raw["lookup_current"],
                {name: Key.from_json(key) for name, key in raw["keys"].items()},
                {name: Key.from_json(key) for name, key in raw["lookup_keys"].items()},
            )
            sound = (
                ring.current in ring.keys
                and ring.lookup_current in ring.lookup_keys
                and all(len(key.secret) == CIPHERS[key.algorithm].key_bytes for key in ring.keys.values())
                and all(len(key.secret) == DIGESTS[key.algorithm].key_bytes for key in ring.lookup_keys.values())
            )
        except (ValueError, KeyError, TypeError, AttributeError):
            raise KeysUnreadable(path=path) from None
        if not sound:
            raise KeysUnreadable(path=path)
        return ring


def _new_key(algorithm: str) -> Key:
    return Key(algorithm, secrets.token_bytes(CIPHERS[algorithm].key_bytes))


def _new_lookup_key(algorithm: str) -> Key:
    return Key(algorithm, secrets.token_bytes(DIGESTS[algorithm].key_bytes))


def key_file() -> Path:
    """Where the ring is kept when the environment does not bring one."""
    return Path(settings.DATA) / "keys" / "identifiers.json"


def load_ring() -> KeyRing | None:
    """The ring as it is now, read afresh each time so that every process follows a rotation; None if there is none."""
    if settings.IDENTIFIER_KEYS:
        return KeyRing.from_text(settings.IDENTIFIER_KEYS, path="IDENTIFIER_KEYS")
    path = key_file()
    try:
        mode = path.stat().st_mode
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
    if mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise KeysExposed(path=path)
    return KeyRing.from_text(text, path=path)


def open_ring() -> KeyRing:
    """The ring, or a refusal that says what to bring back."""
    ring = load_ring()
    if ring is None:
        raise KeyMissing(key="identifiers.json")
    return ring


def make_ring() -> KeyRing:
    """A first ring; when two processes make one at once, both get the same."""
    first = KeyRing(
        "k1",
        "h1",
        {"k1": _new_key(settings.IDENTIFIER_CIPHER)},
        {"h1": _new_lookup_key(settings.IDENTIFIER_DIGEST)},
    )
    draft = _written_beside(first)
    try:
        os.link(draft, key_file())
    except FileExistsError:
        return open_ring()
    finally:
        draft.unlink()
    return first


def store_ring(ring: KeyRing) -> None:
    """Replace the ring on disk in one step; refused when the environment brings the keys."""
    if settings.IDENTIFIER_KEYS:
        raise KeysElsewhere
    _written_beside(ring).replace(key_file())


def _written_beside(ring: KeyRing) -> Path:
    """The ring in a private file next to its place, already on the disk."""
    path = key_file()
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(ring.as_text())
        file.flush()
        os.fsync(file.fileno())
    return draft
