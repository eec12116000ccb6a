"""What the gateway announces."""

from dataclasses import dataclass
from typing import ClassVar

from heluo.kernel.events.public import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientAdded(Event):
    name: ClassVar[str] = "oneroster.client_added"
    client: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientRevoked(Event):
    name: ClassVar[str] = "oneroster.client_revoked"
    client: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportMade(Event):
    name: ClassVar[str] = "oneroster.export_made"
    export_id: int
