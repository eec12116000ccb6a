"""What domains and the portal call."""

from heluo.kernel.feedback.access import Permission
from heluo.kernel.feedback.actions import (
    decide_comment,
    make_comment,
    move_subtree,
    note_use,
    rate,
    roll_up_uses,
    set_favourite,
)
from heluo.kernel.feedback.enums import CommentState, UseKind
from heluo.kernel.feedback.queries import (
    RATING,
    SMALL_GROUP,
    DayOfUse,
    Tally,
    Totals,
    comments_to_moderate,
    counted_uses,
    favourites_of,
    mean_of,
    panel_of,
    tallies_of,
    totals_of,
    uses_by_day,
)
from heluo.kernel.feedback.registry import Resolver, subjects_of
from heluo.kernel.feedback.vocabulary import SubjectRef

__all__ = [
    "RATING",
    "SMALL_GROUP",
    "CommentState",
    "DayOfUse",
    "Permission",
    "Resolver",
    "SubjectRef",
    "Tally",
    "Totals",
    "UseKind",
    "comments_to_moderate",
    "counted_uses",
    "decide_comment",
    "favourites_of",
    "make_comment",
    "mean_of",
    "move_subtree",
    "note_use",
    "panel_of",
    "rate",
    "roll_up_uses",
    "set_favourite",
    "subjects_of",
    "tallies_of",
    "totals_of",
    "uses_by_day",
]
