"""A copy of everything held about somebody: ordered, made by a job, fetched."""

from datetime import datetime

from django.db import transaction

from heluo.domains.subject_rights.errors import CopyUnderWay
from heluo.domains.subject_rights.models import Copy
from heluo.domains.subject_rights.queries.subjects import subject_for
from heluo.kernel.actors.errors import refused_as
from heluo.kernel.actors.public import Actor
from heluo.kernel.audit.public import record
from heluo.kernel.clock.public import local_day
from heluo.kernel.jobs.public import defer
from heluo.kernel.people.models import Person
from heluo.kernel.people.public import me, subject_of

COPY_TASK = "subject_rights.copy"


@transaction.atomic
def order_copy(*, by: Actor, person: Person, language: str, now: datetime) -> Copy:
    """Have everything held about oneself or a ward written into one file. Refusal: CopyUnderWay."""
    subject_for(by, person.uuid, on=local_day(now))
    with refused_as(CopyUnderWay, constraint="one_copy_under_way"):
        copy = Copy.objects.create(person=person, asked_by=me(by), language=language, asked_at=now)
    defer(COPY_TASK, copy_id=copy.pk)
    record(by=by, at=now, deed="subject_rights.copy_ordered", subject=subject_of(person))
    return copy


def copy_made(*, copy: Copy, by: Actor, now: datetime) -> None:
    """Tell that a copy lies ready; inside the transaction that put it there."""
    record(by=by, at=now, deed="subject_rights.copy_made", subject=subject_of(copy.person))


@transaction.atomic
def note_fetch(*, by: Actor, copy: Copy, now: datetime) -> None:
    """Put into the audit log that somebody fetched a copy; the person sees it among who looked."""
    person = subject_for(by, copy.person.uuid, on=local_day(now))
    record(by=by, at=now, deed="subject_rights.copy_fetched", subject=subject_of(person))
