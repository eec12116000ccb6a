"""Every write about student records: one function per use case."""

from heluo.domains.students.actions.changing import correct_change, register_change
from heluo.domains.students.actions.opening import NewRecord, open_records
from heluo.domains.students.actions.rules import load_stage_rules

__all__ = ["NewRecord", "correct_change", "load_stage_rules", "open_records", "register_change"]
