"""What domains and the portal call."""

from heluo.kernel.feedback.access import Permission
from heluo.kernel.feedback.actions import move_subtree, note_use
from heluo.kernel.feedback.enums import UseKind
from heluo.kernel.feedback.queries import Tally, comments_to_moderate, favourites_of, most_used, panel_of, tallies_of
from heluo.kernel.feedback.registry import Resolver, subjects_of
from heluo.kernel.feedback.vocabulary import SubjectRef

__all__ = [
    "Permission",
    "Resolver",
    "SubjectRef",
    "Tally",
    "UseKind",
    "comments_to_moderate",
    "favourites_of",
    "most_used",
    "move_subtree",
    "note_use",
    "panel_of",
    "subjects_of",
    "tallies_of",
]
