"""Student records, what happened to them, and the rules of each stage."""

from heluo.domains.students.models.changes import StudentChange
from heluo.domains.students.models.records import LONGEST_SCHOOLING, StudentRecord
from heluo.domains.students.models.rules import StageRule

__all__ = ["LONGEST_SCHOOLING", "StageRule", "StudentChange", "StudentRecord"]
