"""Every write of the catalogue."""

from heluo.engines.catalogue.actions.holding import hold_entry, release_entry, sweep_holds
from heluo.engines.catalogue.actions.overlaying import Layer, overlay_entry
from heluo.engines.catalogue.actions.proving import renew_proofs
from heluo.engines.catalogue.actions.publishing import (
    Published,
    publish_entries,
    publish_entry,
    withdraw_entries,
    withdraw_entry,
)
from heluo.engines.catalogue.actions.saving import erase_searches, forget_search, look_at_search, save_search
from heluo.engines.catalogue.actions.searching import LEARNT_AT_ONCE, keep_synonyms, learn_readings, weigh_uses
from heluo.engines.catalogue.actions.telling import TOLD_AT_ONCE, tell_public

__all__ = [
    "LEARNT_AT_ONCE",
    "TOLD_AT_ONCE",
    "Layer",
    "Published",
    "erase_searches",
    "forget_search",
    "hold_entry",
    "keep_synonyms",
    "learn_readings",
    "look_at_search",
    "overlay_entry",
    "publish_entries",
    "publish_entry",
    "release_entry",
    "renew_proofs",
    "save_search",
    "sweep_holds",
    "tell_public",
    "weigh_uses",
    "withdraw_entries",
    "withdraw_entry",
]
