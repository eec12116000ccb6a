"""Who may bring files, and whose a file is."""

from enum import StrEnum

from django.db.models import Q

from heluo.kernel.actors.public import Actor


class Permission(StrEnum):
    UPLOAD = "files.upload"
    MAINTAIN = "files.maintain"
    """Scan, preview, discard: held by the platform's own jobs."""


def owned_by(actor: Actor) -> Q:
    """A filter that keeps the files and uploads a person brought; nothing for anybody else."""
    return Q(owner_id=actor.person_id) if actor.person_id else Q(pk__in=())
