"""What nobody needs any more: abandoned uploads, files nothing points to, contents nobody has."""

import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef

from heluo.kernel.actors.public import Actor, require
from heluo.kernel.audit.public import Difference, Subject, record_batch
from heluo.kernel.files import spool
from heluo.kernel.files.access import Permission
from heluo.kernel.files.actions.storing import lock_content
from heluo.kernel.files.limits import UPLOAD_LIFETIME
from heluo.kernel.files.models import Blob, Preview, StoredFile, Upload
from heluo.kernel.files.queries import unused_files
from heluo.kernel.files.storage import current_storage

AT_ONCE = 500
GRACE = timedelta(days=1)
"""A content without a row may belong to a transaction that is still open; after a day it does not."""


@dataclass(frozen=True, slots=True)
class Discarded:
    """How much was removed."""

    uploads: int
    files: int
    contents: int


def discard_unused(*, by: Actor, now: datetime) -> Discarded:
    """Remove expired uploads, unused files past their time of grace, and contents that no row knows."""
    require(by, Permission.MAINTAIN)
    uploads = _discard_uploads(now)
    files = _discard_files(by, now)
    return Discarded(uploads=uploads, files=files, contents=_discard_contents(now))


def _discard_uploads(now: datetime) -> int:
    expired = list(Upload.objects.filter(expires_at__lte=now).values_list("uuid", flat=True)[:AT_ONCE])
    for uuid in expired:
        spool.drop(uuid)
    Upload.objects.filter(uuid__in=expired).delete()
    known = {str(uuid) for uuid in Upload.objects.values_list("uuid", flat=True)}
    oldest = now.timestamp() - UPLOAD_LIFETIME.total_seconds()
    for place in spool.place_for(UUID(int=0)).parent.iterdir():
        if place.name not in known and place.stat().st_mtime < oldest:
            place.unlink(missing_ok=True)
    return len(expired)


@transaction.atomic
def _discard_files(by: Actor, now: datetime) -> int:
    unused = list(unused_files(at=now).select_related("blob").order_by("pk")[:AT_ONCE])
    if unused:
        record_batch(
            by=by,
            at=now,
            deed="files.files_discarded",
            subject=Subject(kind="file", id="", title="", path=""),
            differences=[
                Difference(str(file.uuid), before={"name": file.name, "sha256": file.sha256}) for file in unused
            ],
        )
        StoredFile.objects.filter(pk__in=[file.pk for file in unused]).delete()
    return len(unused)


def _discard_contents(now: datetime) -> int:
    """One short transaction per content, under the lock that keepers of the same content take."""
    nobodys = Blob.objects.filter(~Exists(StoredFile.objects.filter(blob=OuterRef("pk"))), made_at__lt=now - GRACE)
    count = 0
    for sha256 in list(nobodys.values_list("sha256", flat=True)[:AT_ONCE]):
        with transaction.atomic():
            lock_content(sha256)
            if nobodys.filter(sha256=sha256).delete()[0]:
                count += 1
                _remove_unless_known(sha256)
    oldest = min(now.timestamp(), time.time()) - GRACE.total_seconds()
    for kept in current_storage().contents():
        if kept.modified < oldest and not _is_known(kept.sha256):
            with transaction.atomic():
                lock_content(kept.sha256)
                count += _remove_unless_known(kept.sha256)
    return count


def _is_known(sha256: str) -> bool:
    return Blob.objects.filter(sha256=sha256).exists() or Preview.objects.filter(sha256=sha256).exists()


def _remove_unless_known(sha256: str) -> bool:
    if _is_known(sha256):
        return False
    current_storage().delete(sha256)
    return True
