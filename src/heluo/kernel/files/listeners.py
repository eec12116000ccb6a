"""A stored file is checked after the commit; who brought it may follow how far that is."""

from collections.abc import Sequence
from contextlib import suppress
from uuid import UUID

from heluo.kernel.actors.public import Actor
from heluo.kernel.events.public import Announcement, followable, subscribe
from heluo.kernel.files.access import owned_by
from heluo.kernel.files.events import FileStored
from heluo.kernel.files.jobs import check
from heluo.kernel.files.models import StoredFile


@subscribe(FileStored)
def check_new_files(announcements: Sequence[Announcement[FileStored]]) -> None:
    """One job per content, however many files of it arrived at once."""
    blobs = {announcement.event.blob for announcement in announcements}
    check.defer_many({"blob": blob} for blob in sorted(blobs))


@followable("file")
def own_files(actor: Actor, uuid: str) -> bool:
    """The live topic of a file is for who brought it."""
    with suppress(ValueError):
        return StoredFile.objects.filter(owned_by(actor), uuid=UUID(uuid)).exists()
    return False
