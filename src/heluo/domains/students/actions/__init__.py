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
from heluo.domains.students.actions.duplicates import confirm_number, judge_duplicate, order_search, raise_duplicates
from heluo.domains.students.actions.opening import NewRecord, open_records
from heluo.domains.students.actions.rules import amend_rule, load_stage_rules
from heluo.domains.students.actions.transfers import decide_transfer, request_transfer, withdraw_transfer

__all__ = [
    "NewRecord",
    "amend_rule",
    "apply_bulk",
    "confirm_number",
    "correct_change",
    "decide_transfer",
    "discard_bulk",
    "draft_division",
    "draft_graduation",
    "draft_merging",
    "draft_promotion",
    "judge_duplicate",
    "load_stage_rules",
    "open_records",
    "order_search",
    "raise_duplicates",
    "register_change",
    "request_transfer",
    "set_row",
    "swap_rows",
    "undo_bulk",
    "withdraw_transfer",
]
