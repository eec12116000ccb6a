"""Another node, played with keys and signatures made here by the library itself."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import uuid4

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from heluo.kernel.actors.errors import Refusal
from heluo.kernel.actors.public import Actor, platform_actor
from heluo.kernel.nodes import registry
from heluo.kernel.nodes.access import Permission
from heluo.kernel.nodes.actions import answer_card, answer_envelope, approve_request
from heluo.kernel.nodes.models import JoinRequest, Node
from heluo.kernel.nodes.vocabulary import Message
from tests.accounts import make_account, school

__all__ = ["make_account", "school"]

NOON = datetime(2026, 11, 28, 4, tzinfo=UTC)
HERE = "heluo.localhost"
THERE = "luoyang.example"
KIND = "tests.note"
OFFICER: Actor = platform_actor("heluo nodes", [Permission.MANAGE])


@dataclass
class Key:
    """A key with its id, worked out here from the standard's own words."""

    private: Ed25519PrivateKey = field(default_factory=Ed25519PrivateKey.generate)

    @property
    def public(self) -> str:
        return self.private.public_key().public_bytes_raw().hex()

    @property
    def id(self) -> str:
        return sha256(bytes.fromhex(self.public)).hexdigest()[:16]

    def sign(self, typ: str, claims: dict[str, Any]) -> str:
        return jwt.encode(claims, self.private, algorithm="EdDSA", headers={"kid": self.id, "typ": typ})


@dataclass
class Other:
    """The other side of every exchange here."""

    key: Key = field(default_factory=Key)
    domain: str = THERE
    written: int = 0
    received: int = 0
    keys: list[str] = field(default_factory=list)

    def about(self) -> dict[str, Any]:
        return {"name": "洛阳市教育局", "tier": "city", "version": "0.1.0", "capabilities": [KIND, "later.kind"]}

    def card(self, now: datetime = NOON, **other: Any) -> str:
        claims = {
            "iss": self.domain,
            "iat": int(now.timestamp()),
            "about": self.about(),
            "key": self.key.public,
            "next_seq": self.written + 1,
        }
        return self.key.sign("heluo-card+jwt", {**claims, **other})

    def message(
        self, body: dict[str, Any] | None = None, *, now: datetime = NOON, key: Key | None = None, **other: Any
    ) -> str:
        self.written += 1
        claims = {
            "iss": self.domain,
            "aud": HERE,
            "jti": str(uuid4()),
            "iat": int(now.timestamp()),
            "seq": self.written,
            "kind": KIND,
            "body": body or {"number": self.written},
        }
        return (key or self.key).sign("heluo-message+jwt", {**claims, **other})

    def envelope(self, *messages: str, now: datetime = NOON, key: Key | None = None, **other: Any) -> str:
        claims = {
            "iss": self.domain,
            "aud": HERE,
            "iat": int(now.timestamp()),
            "jti": str(uuid4()),
            "re": None,
            "about": self.about(),
            "standing": "active",
            "reason": "",
            "ack": self.received,
            "first": 1,
            "keys": self.keys,
            "messages": list(messages),
        }
        return (key or self.key).sign("heluo-envelope+jwt", {**claims, **other})

    def send(self, *messages: str, now: datetime = NOON, **other: Any) -> dict[str, Any]:
        """One exchange; what the answer says."""
        return read(answer_envelope(token=self.envelope(*messages, now=now, **other), now=now))

    def rotate(self, *, revokes: bool = False, now: datetime = NOON) -> None:
        fresh = Key()
        announced = {"iss": self.domain, "iat": int(now.timestamp()), "key": fresh.public, "revokes": revokes}
        self.keys.append(self.key.sign("heluo-key+jwt", announced))
        self.key = fresh

    def ask_in(self, now: datetime = NOON) -> JoinRequest:
        answer_card(token=self.card(now), now=now)
        return JoinRequest.objects.get(domain=self.domain, key_id=self.key.id, state="waiting")


def read(token: str) -> dict[str, Any]:
    claims: dict[str, Any] = jwt.decode(token, options={"verify_signature": False})
    return claims


@pytest.fixture
def other(db: None) -> Other:
    return Other()


@pytest.fixture
def node(other: Other) -> Node:
    """The other side, let in."""
    return approve_request(by=OFFICER, request=other.ask_in(), now=NOON)


class Notes:
    """What the handler of the tests was given, and whether it likes it."""

    def __init__(self) -> None:
        self.taken: list[Message] = []
        self.refusing: set[int] = set()
        self.failing: set[int] = set()

    def numbers(self) -> list[int]:
        return [message.body["number"] for message in self.taken]

    def take(self, message: Message) -> None:
        if message.body.get("number") in self.refusing:
            raise Disliked
        if message.body.get("number") in self.failing:
            raise ZeroDivisionError
        self.taken.append(message)


class Disliked(Refusal):
    message = "这一条不要。"


@pytest.fixture
def notes(monkeypatch: pytest.MonkeyPatch) -> Iterator[Notes]:
    kept = Notes()
    monkeypatch.setattr(registry, "_kinds", dict(registry._kinds))
    registry.register_message(KIND, title="便条", handler=kept.take)
    return kept


def later(**much: float) -> datetime:
    return NOON + timedelta(**much)
