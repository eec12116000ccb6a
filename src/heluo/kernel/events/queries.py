"""Reads for the operators' pages."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Min

from heluo.kernel.events.models import OutboxRow


@dataclass(frozen=True, slots=True)
class Backlog:
    """What was announced and is not yet handed on."""

    count: int
    oldest_at: datetime | None


def backlog() -> Backlog:
    """The outbox as it stands; near zero while a worker lives."""
    return Backlog(**OutboxRow.objects.aggregate(count=Count("id"), oldest_at=Min("at")))
