"""What travels between nodes about rights, in the bodies of messages. What has not the shape is refused."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, TypeVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from heluo.domains.rights.enums import Deed, Ground, Outcome
from heluo.domains.rights.errors import OrderMalformed

MOST_HOPS = 8
MOST_COUNTS = 300
"""Lines of use in one message: well below the size a message may have."""

Node = Annotated[str, Field(min_length=1, max_length=253)]
Count = Annotated[int, Field(ge=0, le=2**31 - 1)]


class Body(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


B = TypeVar("B", bound=Body)


class OrderBody(Body):
    """In the signed text: what is ordered. The same `order` for a takedown and for its end."""

    order: UUID
    deed: Deed
    entry: UUID
    title: str = Field(max_length=200)
    reason: str = Field(max_length=200)


class TakedownBody(Body):
    """`rights.takedown` and `rights.restored`: the signed text, the key it is read with, the way it came."""

    token: str = Field(max_length=16_000)
    key: str = Field(pattern=r"^[0-9a-f]{64}$")
    hops: list[Node] = Field(max_length=MOST_HOPS)


class ReceiptBody(Body):
    """`rights.receipt`: what a node did with an order."""

    order: UUID
    deed: Deed
    node: Node
    outcome: Outcome


class UsageBody(Body):
    """`rights.usage`: how often works of `origin` were used at `node` on a day: entry, views, downloads, adoptions."""

    origin: Node
    node: Node
    day: date
    counts: list[tuple[UUID, Count, Count, Count]] = Field(max_length=MOST_COUNTS)


class ComplaintBody(Body):
    """`rights.complaint`: a complaint about a work of `origin` that was made at `node`."""

    complaint: UUID
    origin: Node
    node: Node
    entry: UUID
    ground: Ground
    statement: str = Field(max_length=2000)
    proof: str = Field(max_length=1000)
    complainant: str = Field(max_length=100)
    contact: str = Field(max_length=200)


def shaped(body: Mapping[str, Any], shape: type[B]) -> B:
    try:
        return shape.model_validate(body)
    except ValidationError:
        raise OrderMalformed from None
