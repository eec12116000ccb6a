"""Student records, what happened to them, the rules of each stage, and the cases that concern two parties or many."""

from heluo.domains.students.models.bulk import BulkAction, BulkRow
from heluo.domains.students.models.changes import StudentChange
from heluo.domains.students.models.duplicates import DuplicateCase, DuplicateOpinion
from heluo.domains.students.models.records import LONGEST_SCHOOLING, StudentRecord
from heluo.domains.students.models.rules import StageRule
from heluo.domains.students.models.transfers import TransferCase, TransferStep

__all__ = [
    "LONGEST_SCHOOLING",
    "BulkAction",
    "BulkRow",
    "DuplicateCase",
    "DuplicateOpinion",
    "StageRule",
    "StudentChange",
    "StudentRecord",
    "TransferCase",
    "TransferStep",
]
