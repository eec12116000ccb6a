"""What happened at the door."""

from dataclasses import dataclass
from uuid import UUID

from heluo.kernel.events.registry import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenIssued(Event):
    name = "access.token_issued"

    token_id: int
    person_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenRevoked(Event):
    name = "access.token_revoked"

    token_id: int
    person_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class SystemConnected(Event):
    name = "access.system_connected"

    system_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SystemRemoved(Event):
    name = "access.system_removed"

    system_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInReset(Event):
    """Nothing that opened an account before opens it any more."""

    name = "access.sign_in_reset"

    person_id: UUID
