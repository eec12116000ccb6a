"""Reads of data quality, narrowed to what the actor may see."""

from heluo.domains.quality.queries.scoring import (
    Points,
    branches_below,
    day_of_scores,
    history_of,
    newest_run,
    points_of,
    seen_organisations,
    starting_place,
)
from heluo.domains.quality.queries.settings import rule_named, rules_with_settings, settings_in_force, settings_of
from heluo.domains.quality.queries.tickets import (
    findings_of,
    overdue,
    ticket_for,
    tickets_in_state,
    tickets_of,
    titles_of,
)

__all__ = [
    "Points",
    "branches_below",
    "day_of_scores",
    "findings_of",
    "history_of",
    "newest_run",
    "overdue",
    "points_of",
    "rule_named",
    "rules_with_settings",
    "seen_organisations",
    "settings_in_force",
    "settings_of",
    "starting_place",
    "ticket_for",
    "tickets_in_state",
    "tickets_of",
    "titles_of",
]
