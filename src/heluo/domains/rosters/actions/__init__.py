"""Every write about rosters: what a person orders, and what the jobs do for it."""

from heluo.domains.rosters.actions.activating import print_class_sheets
from heluo.domains.rosters.actions.comparing import compare_batch
from heluo.domains.rosters.actions.correcting import correct_batch
from heluo.domains.rosters.actions.discarding import discard_old
from heluo.domains.rosters.actions.importing import import_batch
from heluo.domains.rosters.actions.ordering import (
    cancel_batch,
    check_again,
    confirm_batch,
    open_batch,
)
from heluo.domains.rosters.actions.reading import read_batch

__all__ = [
    "cancel_batch",
    "check_again",
    "compare_batch",
    "confirm_batch",
    "correct_batch",
    "discard_old",
    "import_batch",
    "open_batch",
    "print_class_sheets",
    "read_batch",
]
