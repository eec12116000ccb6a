"""A stored file is checked after the commit."""

from collections.abc import Sequence

from heluo.kernel.events.public import Announcement, subscribe
from heluo.kernel.files.events import FileStored
from heluo.kernel.files.jobs import check


@subscribe(FileStored)
def check_new_files(announcements: Sequence[Announcement[FileStored]]) -> None:
    """One job per content, however many files of it arrived at once."""
    blobs = {announcement.event.blob for announcement in announcements}
    check.defer_many({"blob": blob} for blob in sorted(blobs))
