"""What the rest of the house calls: `from heluo.kernel.holdings.public import Fact, holding`."""

from heluo.kernel.holdings.access import Permission
from heluo.kernel.holdings.actions import note_look
from heluo.kernel.holdings.enums import Sight
from heluo.kernel.holdings.looks import looked_at, notes_looks
from heluo.kernel.holdings.models import Look
from heluo.kernel.holdings.registry import (
    Holding,
    Workshop,
    all_holdings,
    changed_at,
    columns_not_told,
    columns_told,
    counts_as_look,
    holding,
    holding_named,
    looking_deeds,
    not_told,
    workshop_of,
)
from heluo.kernel.holdings.vocabulary import OWN, PLATFORM, Asked, Fact, Source

__all__ = [
    "OWN",
    "PLATFORM",
    "Asked",
    "Fact",
    "Holding",
    "Look",
    "Permission",
    "Sight",
    "Source",
    "Workshop",
    "all_holdings",
    "changed_at",
    "columns_not_told",
    "columns_told",
    "counts_as_look",
    "holding",
    "holding_named",
    "looked_at",
    "looking_deeds",
    "not_told",
    "note_look",
    "notes_looks",
    "workshop_of",
]
