"""Remembering where a person stopped playing, so that they can go on there."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import F

from heluo.domains.resources.models import Attachment, Playback
from heluo.domains.resources.queries import KIND
from heluo.kernel.actors.errors import NotFound
from heluo.kernel.actors.public import Actor, require, require_person
from heluo.kernel.feedback.public import UseKind, note_use
from heluo.kernel.holdings.public import Permission
from heluo.kernel.people.models import Person

EDGE = 0.05
"""Share of the length that is its beginning, or its end, as far as it is not longer than these:"""
BEGINNING_MS = 5_000
END_MS = 30_000
FORGOTTEN_AFTER = timedelta(days=180)


@transaction.atomic
def keep_place(*, by: Actor, resource: UUID, file: UUID, second: float, now: datetime) -> None:
    """Remember how far somebody has played a film or recording of a published resource.

    Who has hardly begun, or has come to the end, begins at the beginning next time: nothing is kept of that. A note
    for oneself, written every few seconds: it is not audited and announces nothing. The last write counts. Coming to
    the end counts as a use, once a day.
    """
    person = Person.objects.get(uuid=require_person(by))
    playing = (
        Attachment.objects.select_related("version", "file__blob")
        .filter(version=F("version__resource__published"), version__resource__uuid=resource, file__uuid=file)
        .first()
    )
    length = playing.file.blob.duration_ms if playing else None
    if playing is None or not length:
        raise NotFound
    position = round(second * 1000)
    if min(BEGINNING_MS, length * EDGE) <= position < length - min(END_MS, length * EDGE):
        Playback.objects.bulk_create(
            [
                Playback(
                    person=person,
                    resource_id=playing.version.resource_id,
                    file=playing.file,
                    position_ms=position,
                    at=now,
                )
            ],
            update_conflicts=True,
            unique_fields=["person", "resource", "file"],
            update_fields=["position_ms", "at"],
        )
        Playback.objects.filter(person=person, at__lt=now - FORGOTTEN_AFTER).delete()
    else:
        Playback.objects.filter(person=person, resource=playing.version.resource_id, file=playing.file).delete()
        if position >= length / 2:
            note_use(by=by, kind=KIND, subject=resource, use=UseKind.FINISH, visitor=str(person.uuid), now=now)


def erase_playbacks(*, by: Actor, person: UUID, now: datetime) -> int:
    """Forget how far somebody has played anything. The decision was made elsewhere."""
    require(by, Permission.ERASE)
    return Playback.objects.filter(person__uuid=person).delete()[0]
