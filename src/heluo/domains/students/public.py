"""What the rest of the house calls: records and what happened to them, for the gateways."""

from django.db.models import QuerySet

from heluo.domains.students.models import StudentChange, StudentRecord
from heluo.domains.students.queries.records import seats_of

__all__ = ["changes_below", "open_records_below", "seats_of"]


def open_records_below(path: str) -> QuerySet[StudentRecord]:
    """The open records of the schools below a node of the management tree, with person and school.

    The caller has asked whether the node may be read.
    """
    records = StudentRecord.objects.filter(school__path__startswith=path, ended_on=None)
    return records.select_related("person", "school__parent").order_by("school__path", "id")


def changes_below(path: str) -> QuerySet[StudentChange]:
    """What happened to records of these schools and still holds, as far as JY/T 1001 has a code for it."""
    changes = StudentChange.objects.filter(record__school__path__startswith=path, reverses=None, reversed_by=None)
    return (
        changes.exclude(code="")
        .select_related(
            "record__person",
            "record__school__parent",
            "from_school__parent",
            "to_school__parent",
            "from_klass",
            "to_klass",
        )
        .order_by("record__school__path", "id")
    )
