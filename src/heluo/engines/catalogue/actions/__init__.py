"""Every write of the catalogue."""

from heluo.engines.catalogue.actions.publishing import Published, publish_entries, publish_entry, withdraw_entry
from heluo.engines.catalogue.actions.searching import LEARNT_AT_ONCE, keep_synonyms, learn_readings, weigh_uses

__all__ = [
    "LEARNT_AT_ONCE",
    "Published",
    "keep_synonyms",
    "learn_readings",
    "publish_entries",
    "publish_entry",
    "weigh_uses",
    "withdraw_entry",
]
