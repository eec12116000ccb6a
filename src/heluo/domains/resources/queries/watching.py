"""Where a person stopped playing."""

from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from heluo.domains.resources.models import Attachment, Playback, Resource
from heluo.kernel.actors.public import Actor, require_person


def places_in(actor: Actor, resource: Resource) -> dict[UUID, Playback]:
    """How far the actor has come in the files of a resource; nothing for the public. One query."""
    if not actor.is_person:
        return {}
    kept = Playback.objects.filter(person__uuid=require_person(actor), resource=resource).select_related("file__blob")
    return {playback.file.uuid: playback for playback in kept}


def being_watched(actor: Actor) -> QuerySet[Playback]:
    """What the actor can go on with, last played first: of each published resource the file they played last."""
    mine = Playback.objects.filter(person__uuid=require_person(actor))
    later = mine.filter(resource=OuterRef("resource")).filter(
        Q(at__gt=OuterRef("at")) | Q(at=OuterRef("at"), pk__gt=OuterRef("pk"))
    )
    return (
        mine.filter(_is_shown(), ~Exists(later.filter(_is_shown())))
        .select_related("resource", "file__blob")
        .order_by("-at", "-id")
    )


def _is_shown() -> Q:
    """Whether the public still sees the file in the resource."""
    return Q(Exists(Attachment.objects.filter(version=OuterRef("resource__published"), file=OuterRef("file"))))
