"""Reads of the catalogue, narrowed to what the actor may see."""

from heluo.engines.catalogue.queries.alternatives import alternatives_for, synonym_sets
from heluo.engines.catalogue.queries.finding import (
    CHANGES_AT_ONCE,
    ChangeLine,
    EntryDetail,
    EntryPage,
    FacetChoice,
    FacetGroup,
    browse_entries,
    changes_after,
    entries_by_ids,
    entry_by_identifier,
    entry_detail,
    facet_counts,
    find_entries,
    pinned_versions,
    similar_entries,
)
from heluo.engines.catalogue.queries.saved import (
    KeptSearch,
    address_of_search,
    asked_by,
    kept_searches,
    own_search,
    title_of,
)
from heluo.engines.catalogue.queries.showing import attribution, deed_of, titles_of

__all__ = [
    "CHANGES_AT_ONCE",
    "ChangeLine",
    "EntryDetail",
    "EntryPage",
    "FacetChoice",
    "FacetGroup",
    "KeptSearch",
    "address_of_search",
    "alternatives_for",
    "asked_by",
    "attribution",
    "browse_entries",
    "changes_after",
    "deed_of",
    "entries_by_ids",
    "entry_by_identifier",
    "entry_detail",
    "facet_counts",
    "find_entries",
    "kept_searches",
    "own_search",
    "pinned_versions",
    "similar_entries",
    "synonym_sets",
    "title_of",
    "titles_of",
]
