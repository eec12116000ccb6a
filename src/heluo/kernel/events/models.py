"""The outbox, the horizon, and the base of tables that consumers read in commit order."""

from typing import ClassVar, TypeVar

from django.db import models
from django.db.models.functions import Coalesce

SEQUENCE = "heluo_commit_order"
"""One increasing sequence for the whole node, made by this app's first migration."""

M = TypeVar("M", bound=models.Model)


class NextInOrder(models.Func):
    """The next number, drawn only after the transaction has its id (`CASE` evaluates its condition first).

    The horizon relies on that order: whoever drew a number before an instant had an id before that instant.
    """

    template = f"(CASE WHEN pg_current_xact_id() IS NOT NULL THEN nextval('{SEQUENCE}') END)"
    output_field = models.BigIntegerField()
    allowed_default = True


class OutboxRow(models.Model):
    """An announced event until the dispatcher takes it."""

    name = models.CharField(max_length=120)
    payload = models.JSONField()
    topics = models.JSONField(help_text="Live topics to tell.")
    by = models.UUIDField(null=True)
    at = models.DateTimeField()


class Horizon(models.Model):
    """How far every transaction that drew a number has ended. One row."""

    released = models.BigIntegerField(default=0)


class TideMark(models.Model):
    """An observation of the dispatcher: when this mark's transaction got its id, numbers had been drawn up to `seq`."""

    seq = models.BigIntegerField()
    xid = models.BigIntegerField(help_text="Id of the transaction that wrote the mark.")


class CommitOrdered(models.Model):
    """A row with a place in the node's one increasing sequence.

    Sequences are not commit-ordered: read such a table only through `below_horizon`, so that a reader who goes by
    `seq` misses nothing that commits later. The app's first migration depends on `("events", "0001_initial")`.
    """

    seq = models.BigIntegerField(primary_key=True, editable=False, db_default=NextInOrder())

    class Meta:
        abstract = True
        ordering: ClassVar = ["seq"]


def below_horizon(rows: models.QuerySet[M]) -> models.QuerySet[M]:
    """Only rows below the oldest open transaction: no row with a smaller `seq` can still appear."""
    released = Coalesce(models.Subquery(Horizon.objects.values("released")[:1]), 0)
    return rows.filter(seq__lte=released)
