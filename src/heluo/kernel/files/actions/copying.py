"""A content that lies in the store comes to belong to somebody else too."""

from datetime import datetime
from uuid import uuid4

from django.db import transaction

from heluo.kernel.actors.public import Actor, paths_for, require
from heluo.kernel.audit.public import record
from heluo.kernel.files.access import Permission
from heluo.kernel.files.actions.storing import subject_of
from heluo.kernel.files.enums import ScanState
from heluo.kernel.files.errors import FileInfected, FileNotChecked
from heluo.kernel.files.models import StoredFile


@transaction.atomic
def copy_file(*, by: Actor, file: StoredFile, now: datetime) -> StoredFile:
    """Give the actor a stored file of their own with the content of another. No byte is moved.

    The caller has checked that the actor may read the other. Raises `NotAllowed`, `FileInfected`, `FileNotChecked`.
    """
    require(by, Permission.UPLOAD)
    if file.scan_state == ScanState.INFECTED:
        raise FileInfected(name=file.name)
    if not file.is_readable:
        raise FileNotChecked(name=file.name)
    copy = StoredFile.objects.create(uuid=uuid4(), name=file.name, blob=file.blob, owner_id=by.person_id, made_at=now)
    record(
        by=by,
        at=now,
        deed="files.file_stored",
        subject=subject_of(copy, path=next(iter(paths_for(by, Permission.UPLOAD)), "")),
        details={"sha256": file.sha256, "size": file.size, "media_type": file.media_type},
    )
    return copy
