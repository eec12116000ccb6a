"""What uploads leave behind."""

from collections.abc import Sequence

from heluo.domains.rights.actions import fingerprint_files
from heluo.kernel.events.public import Announcement, subscribe
from heluo.kernel.files.public import FileChecked


@subscribe(FileChecked)
def make_fingerprints(announcements: Sequence[Announcement[FileChecked]]) -> None:
    fingerprint_files(files=[one.event.file for one in announcements])
