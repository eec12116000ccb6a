"""A copy of everything held about somebody: ordered, kept for some days, fetched."""

from datetime import datetime, timedelta
from typing import IO

from django.db import transaction

from heluo.domains.subject_rights.enums import CopyState
from heluo.domains.subject_rights.errors import CopyUnderWay
from heluo.domains.subject_rights.models import Copy
from heluo.domains.subject_rights.queries.subjects import subject_for
from heluo.kernel.actors.errors import refused_as
from heluo.kernel.actors.public import Actor, platform_actor
from heluo.kernel.audit.public import record
from heluo.kernel.clock.public import local_day
from heluo.kernel.files.access import Permission as FilePermission
from heluo.kernel.files.public import FileKind, store_file
from heluo.kernel.jobs.public import defer
from heluo.kernel.people.models import Person
from heluo.kernel.people.public import me, subject_of

COPY_TASK = "subject_rights.copy"
KEPT_FOR = timedelta(days=7)
"""How long a copy lies ready: it is everything about somebody in one file."""


@transaction.atomic
def order_copy(*, by: Actor, person: Person, language: str, now: datetime) -> Copy:
    """Have everything held about oneself or a ward written into one file. Refusal: CopyUnderWay."""
    subject_for(by, person.uuid, on=local_day(now))
    with refused_as(CopyUnderWay, constraint="one_copy_under_way"):
        copy = Copy.objects.create(person=person, asked_by=me(by), language=language, asked_at=now)
    defer(COPY_TASK, copy_id=copy.pk)
    record(by=by, at=now, deed="subject_rights.copy_ordered", subject=subject_of(person))
    return copy


@transaction.atomic
def keep_copy(*, copy: Copy, content: IO[bytes], name: str, now: datetime) -> None:
    """Put a written file where the one who ordered it can fetch it."""
    platform = platform_actor("subject_rights", [FilePermission.UPLOAD])
    file = store_file(by=platform, name=name, content=content, wanted=(FileKind.PACKAGE,), now=now)
    fresh = Copy.objects.select_for_update(of=("self",)).select_related("person").get(pk=copy.pk)
    if fresh.state != CopyState.WAITING:
        return
    fresh.state, fresh.file, fresh.done_at = CopyState.READY, file, now
    fresh.save(update_fields=["state", "file", "done_at"])
    record(by=platform, at=now, deed="subject_rights.copy_made", subject=subject_of(fresh.person))


@transaction.atomic
def give_up_copy(*, copy_id: int, now: datetime) -> None:
    """Say that a copy could not be made; another may then be ordered."""
    Copy.objects.filter(pk=copy_id, state=CopyState.WAITING).update(state=CopyState.FAILED, done_at=now)


@transaction.atomic
def expire_copies(*, now: datetime) -> int:
    """Let go of the files that lay ready long enough; the store discards what nobody points to. How many."""
    ready = Copy.objects.filter(state=CopyState.READY, done_at__lte=now - KEPT_FOR)
    return ready.update(state=CopyState.EXPIRED, file=None)


@transaction.atomic
def note_fetch(*, by: Actor, copy: Copy, now: datetime) -> None:
    """Put into the audit log that somebody fetched a copy; the person sees it among who looked."""
    person = subject_for(by, copy.person.uuid, on=local_day(now))
    record(by=by, at=now, deed="subject_rights.copy_fetched", subject=subject_of(person))
