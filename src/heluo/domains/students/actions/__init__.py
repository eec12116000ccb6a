"""Every write about student records: one function per use case."""

from heluo.domains.students.actions.bulk import (
    apply_bulk,
    discard_bulk,
    draft_division,
    draft_graduation,
    draft_merging,
    draft_promotion,
    set_row,
    swap_rows,
    undo_bulk,
)
from heluo.domains.students.actions.changing import correct_change, register_change
from heluo.domains.students.actions.opening import NewRecord, open_records
from heluo.domains.students.actions.rules import load_stage_rules

__all__ = [
    "NewRecord",
    "apply_bulk",
    "correct_change",
    "discard_bulk",
    "draft_division",
    "draft_graduation",
    "draft_merging",
    "draft_promotion",
    "load_stage_rules",
    "open_records",
    "register_change",
    "set_row",
    "swap_rows",
    "undo_bulk",
]
