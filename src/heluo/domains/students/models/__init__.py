"""Student records, what happened to them, the rules of each stage, and what is done to many at once."""

from heluo.domains.students.models.bulk import BulkAction, BulkRow
from heluo.domains.students.models.changes import StudentChange
from heluo.domains.students.models.records import LONGEST_SCHOOLING, StudentRecord
from heluo.domains.students.models.rules import StageRule

__all__ = ["LONGEST_SCHOOLING", "BulkAction", "BulkRow", "StageRule", "StudentChange", "StudentRecord"]
