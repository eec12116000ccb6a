"""Noting who looked."""

from datetime import datetime
from uuid import UUID

from heluo.kernel.actors.public import Actor
from heluo.kernel.clock.public import local_day
from heluo.kernel.holdings.enums import Sight
from heluo.kernel.holdings.models import Look


def note_look(*, by: Actor, subject: UUID, sight: Sight, now: datetime) -> None:
    """Note that a person opened a page about somebody else; once a day. Without a person behind it, nothing."""
    if by.person_id is None or by.person_id == subject:
        return
    day = local_day(now)
    if not Look.objects.filter(subject=subject, day=day, viewer=by.person_id, sight=sight).exists():
        Look.objects.bulk_create(
            [Look(subject=subject, viewer=by.person_id, sight=sight, day=day, at=now)], ignore_conflicts=True
        )
