"""What other domains call: whoever sells works says so here, and reviewers are shown what looks alike."""

from heluo.domains.rights.actions import note_purchase
from heluo.domains.rights.queries.near import NearCopy, near_copies

__all__ = ["NearCopy", "near_copies", "note_purchase"]
