"""What other domains ask of collections."""

from collections.abc import Iterable, Mapping
from uuid import UUID

from heluo.domains.collections.enums import KIND
from heluo.engines.catalogue.public import entries_by_ids
from heluo.kernel.actors.public import Actor

__all__ = ["collected_in"]


def collected_in(actor: Actor, identifiers: Iterable[UUID]) -> Mapping[UUID, list[UUID]]:
    """The entries in each public collection among these, in its order; one query."""
    found = entries_by_ids(actor=actor, identifiers=identifiers)
    return {
        identifier: [UUID(row["identifier"]) for row in entry.payload.get("items", ())]
        for identifier, entry in found.items()
        if entry.kind == KIND
    }
