"""What travels between nodes, as it is written in the signed texts, and a message as its handler gets it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from heluo.kernel.nodes.enums import Standing, Tier

MOST_MESSAGES = 100
MOST_KEYS = 50
MOST_MESSAGE_BYTES = 64 * 1024
MOST_MESSAGES_BYTES = 512 * 1024
"""Of the messages in one envelope together."""
MOST_ENVELOPE_BYTES = 1024 * 1024
MOST_SKEW = timedelta(minutes=10)
"""By which the clock of another node may differ, and for how long what it signs for one occasion holds."""
ANYBODY = "any"
"""To whom what is carried may be addressed, other than a node."""
LAST_SECOND = 4_102_444_800
"""Of the year 2099: no instant beyond can be meant."""

Domain = Annotated[str, Field(min_length=1, max_length=253, pattern=r"^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$")]
Instant = Annotated[int, Field(ge=0, le=LAST_SECOND)]
Number = Annotated[int, Field(ge=0, le=2**62)]
PublicKey = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class Claims(BaseModel):
    """The payload of a signed text. Claims that we do not know are a newer node's, and no fault."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    iss: Domain
    iat: Instant


class About(BaseModel):
    """How a node introduces itself."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    name: str = Field(min_length=1, max_length=100)
    tier: Tier
    version: str = Field(max_length=40)
    capabilities: list[Annotated[str, Field(max_length=80)]] = Field(max_length=200)


class CardClaims(Claims):
    """Signed with the very key it shows: whoever sends it holds that key."""

    about: About
    key: PublicKey
    next_seq: Annotated[int, Field(ge=1, le=2**62)]
    """The number of the first message that will come."""


class KeyClaims(Claims):
    """A new key, signed with the one before."""

    key: PublicKey
    revokes: bool
    """Whether the one before must not be believed any more."""


class MessageClaims(Claims):
    aud: Domain
    jti: UUID
    seq: Annotated[int, Field(ge=1, le=2**62)]
    kind: str = Field(max_length=80)
    body: dict[str, Any]


class StatementClaims(Claims):
    """What a node says to whoever reads it, by whatever way it comes."""

    jti: UUID
    kind: str = Field(max_length=80)
    body: dict[str, Any]


class EnvelopeClaims(Claims):
    aud: Domain
    jti: UUID
    re: UUID | None = None
    """Of an answer: the envelope it answers."""
    about: About
    standing: Standing
    """What the receiver is to the sender."""
    reason: str = Field(default="", max_length=500)
    ack: Number
    """The number up to which the sender has every message of the receiver."""
    ack_id: UUID | None = None
    """The message of that number: a receiver that was restored from a backup wrote another under it meanwhile."""
    first: Annotated[int, Field(ge=1, le=2**62)]
    """The number of the first message that the sender still holds, or will write next."""
    keys: list[str] = Field(max_length=MOST_KEYS)
    messages: list[str] = Field(max_length=MOST_MESSAGES)


class AskingClaims(Claims):
    """What a node asks beside the exchange, answered on the spot: one text for one question."""

    aud: Domain
    asks: str = Field(max_length=80)
    body: dict[str, Any]


class CarriedClaims(Claims):
    """What a node has another one told on a disk: it may be weeks old when it is read."""

    aud: Annotated[str, Field(max_length=253)]
    """A node, or `ANYBODY`."""
    keys: list[str] = Field(max_length=MOST_KEYS)


@dataclass(frozen=True, slots=True)
class Message:
    """A message from another node, as whoever applies it gets it."""

    id: UUID
    sender: str
    kind: str
    body: Mapping[str, Any]
    sent_at: datetime
    now: datetime
