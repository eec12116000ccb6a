"""Rows and findings are kept as long as somebody may look at them, then thrown away; batches stay."""

from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from heluo.domains.rosters.actions.working import moved
from heluo.domains.rosters.enums import BatchState
from heluo.domains.rosters.models import RosterBatch, RosterRow
from heluo.domains.rosters.queries.batches import ROWS_KEPT


@transaction.atomic
def discard_old(*, now: datetime) -> int:
    """Drop the rows, findings and files of batches that are done, and give up those nobody confirmed; how many."""
    oldest = now - ROWS_KEPT
    forgotten = RosterBatch.objects.filter(state=BatchState.READ, checked_at__lt=oldest)
    for batch in forgotten.select_for_update(skip_locked=True):
        batch.state, batch.finished_at = BatchState.CANCELLED, now
        batch.save(update_fields=["state", "finished_at"])
        moved(batch, now=now)
    old = RosterBatch.objects.filter(
        Q(finished_at__lt=oldest) | Q(state=BatchState.CANCELLED),
        Q(file__isnull=False) | Exists(RosterRow.objects.filter(batch=OuterRef("pk"))),
    )[:50]
    keys = list(old.values_list("pk", flat=True))
    RosterRow.objects.filter(batch__in=keys).delete()
    for batch in RosterBatch.objects.filter(pk__in=keys):
        batch.findings.all().delete()
    RosterBatch.objects.filter(pk__in=keys).update(file=None)
    return len(keys)
