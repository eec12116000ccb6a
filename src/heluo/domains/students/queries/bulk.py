"""Reads of bulk actions."""

from uuid import UUID

from django.db.models import Count, Q, QuerySet

from heluo.domains.students.access import Permission
from heluo.domains.students.models import BulkAction, BulkRow, StudentRecord
from heluo.kernel.actors.errors import NotFound
from heluo.kernel.actors.public import Actor, within
from heluo.kernel.organisations.models import Organisation


def bulk_actions(actor: Actor) -> QuerySet[BulkAction]:
    """Everything prepared or done at the schools one keeps, with how many rows change something (`changing`)."""
    return (
        BulkAction.objects.filter(within(actor, Permission.KEEP, "school__path"))
        .select_related("school")
        .annotate(changing=Count("rows", filter=~Q(rows__kind="")))
    )


def bulk_for(actor: Actor, uuid: UUID) -> BulkAction:
    found = bulk_actions(actor).filter(uuid=uuid).first()
    if found is None:
        raise NotFound
    return found


def rows_of_bulk(bulk: BulkAction) -> QuerySet[BulkRow]:
    """The preview, in the order of classes and names."""
    return bulk.rows.select_related(
        "record__person", "record__school", "from_klass", "to_klass", "change__record"
    ).order_by("to_klass__number", "from_klass__number", "record__person__name_sort", "id")


def row_for(bulk: BulkAction, pk: int) -> BulkRow:
    found = rows_of_bulk(bulk).filter(pk=pk).first()
    if found is None:
        raise NotFound
    return found


def year_group(school: Organisation, stage: str, entry_year: int) -> QuerySet[StudentRecord]:
    """The open records of a year group, in the order of names."""
    return (
        StudentRecord.objects.filter(school=school, stage=stage, entry_year=entry_year, ended_on=None)
        .select_related("person", "school")
        .order_by("person__name_sort", "id")
    )
