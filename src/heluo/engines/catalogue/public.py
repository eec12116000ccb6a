"""What domains, the portal and the gateways call."""

from heluo.engines.catalogue.access import Permission
from heluo.engines.catalogue.actions import Published, publish_entries, publish_entry, withdraw_entry
from heluo.engines.catalogue.cards import Card, cards_of
from heluo.engines.catalogue.queries import (
    ChangeLine,
    EntryDetail,
    EntryPage,
    FacetChoice,
    FacetGroup,
    changes_after,
    entries_by_ids,
    entry_by_identifier,
    entry_detail,
    facet_counts,
    facet_groups,
    find_entries,
    similar_entries,
    titles_of,
)
from heluo.engines.catalogue.registry import Facet, FacetValue, facets, register_facets
from heluo.engines.catalogue.vocabulary import EntryDraft

__all__ = [
    "Card",
    "ChangeLine",
    "EntryDetail",
    "EntryDraft",
    "EntryPage",
    "Facet",
    "FacetChoice",
    "FacetGroup",
    "FacetValue",
    "Permission",
    "Published",
    "cards_of",
    "changes_after",
    "entries_by_ids",
    "entry_by_identifier",
    "entry_detail",
    "facet_counts",
    "facet_groups",
    "facets",
    "find_entries",
    "publish_entries",
    "publish_entry",
    "register_facets",
    "similar_entries",
    "titles_of",
    "withdraw_entry",
]
