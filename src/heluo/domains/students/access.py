"""Who may do what with student records.

A school's administrator (学籍员) keeps the records of the school; county officers keep and decide below them; the city
and the province see them, and decide where they are the nearest bureau or the common superior. Teachers see the
records of the classes they teach, without numbers; pupils and guardians their own. To everybody else a record is not
there.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from heluo.kernel.actors.public import Actor, allows

if TYPE_CHECKING:  # the manifest reads the permissions before models can be loaded
    from heluo.domains.students.models import StudentRecord


class Permission(StrEnum):
    VIEW = "students.view"
    """See the records of one's organisation and everything below it."""
    KEEP = "students.keep"
    """Open records and register changes; prepare, apply and undo bulk actions."""
    DECIDE = "students.decide"
    """Decide for a bureau: transfers, duplicates, formal numbers."""
    AMEND_RULES = "students.amend_rules"
    """Set what each stage allows."""
    SEE_CLASS = "students.see_class"
    """See the records of the classes one teaches, without numbers."""
    SEE_OWN = "students.see_own"
    """See one's own record, or that of one's child."""


def may_keep(actor: Actor, record: StudentRecord) -> bool:
    return record.ended_on is None and allows(actor, Permission.KEEP, on=record)
