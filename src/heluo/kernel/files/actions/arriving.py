"""Resumable uploads: opened, fed piece by piece, finished by their last byte, or given up."""

from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from django.conf import settings
from django.db import connection, transaction

from heluo.kernel.actors.errors import Refusal
from heluo.kernel.actors.public import Actor, require, require_person
from heluo.kernel.files import spool
from heluo.kernel.files.access import Permission
from heluo.kernel.files.actions.storing import readable_size, take_over
from heluo.kernel.files.errors import EmptyFile, FileTooLarge, StorageFull, TooManyUploads
from heluo.kernel.files.limits import OPEN_UPLOADS_PER_PERSON, UPLOAD_LIFETIME
from heluo.kernel.files.models import StoredFile, Upload
from heluo.kernel.files.names import clean_name
from heluo.kernel.files.spool import Checksum, Read
from heluo.kernel.files.storage import StorageTrouble


@dataclass(frozen=True, slots=True)
class Progress:
    """Where an upload stands: bytes received, and the file once it is whole."""

    offset: int
    file: StoredFile | None = None


@transaction.atomic
def open_upload(*, by: Actor, name: str, size: int, now: datetime) -> Upload:
    """Begin an upload of so many bytes.

    Raises `NotAllowed`, `SignInNeeded`, `EmptyFile`, `FileTooLarge`, `TooManyUploads`, `StorageFull`.
    """
    require(by, Permission.UPLOAD)
    owner = require_person(by)
    name = clean_name(name)
    if size <= 0:
        raise EmptyFile(name=name)
    if size > settings.MAX_UPLOAD_BYTES:
        raise FileTooLarge(name=name, size=readable_size(size), limit=readable_size(settings.MAX_UPLOAD_BYTES))
    spool.require_room(size)
    with connection.cursor() as cursor:
        # One opening at a time per person, so that two tabs cannot both take the last place.
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [owner.int >> 66])
    count = Upload.objects.filter(owner_id=owner, finished_at=None, expires_at__gt=now).count()
    if count >= OPEN_UPLOADS_PER_PERSON:
        raise TooManyUploads(count=count)
    upload = Upload.objects.create(
        uuid=uuid4(), owner_id=owner, name=name, size=size, made_at=now, expires_at=now + UPLOAD_LIFETIME
    )
    spool.begin(upload.uuid)
    return upload


def receive_piece(
    *, by: Actor, upload: Upload, offset: int, read: Read, checksum: Checksum | None = None, now: datetime
) -> Progress:
    """Append what the sender gives; with the last byte the upload becomes a stored file under the same uuid.

    No transaction is open while bytes arrive. What arrived before a broken connection, a full disk or a kill stays.
    A file that is refused as a whole is dropped with its upload.
    Raises `NotAllowed`, `UploadBusy`, `UploadGone`, `WrongOffset`, `ChecksumMismatch`, `StorageFull`, and whatever
    `store_file` refuses.
    """
    require(by, Permission.UPLOAD)
    with spool.held(upload.uuid) as spooled:
        received = spooled.append(read, offset=offset, most=upload.size - offset, checksum=checksum)
        if received < upload.size:
            return Progress(received)
        try:
            with transaction.atomic():
                file = take_over(by=by, uuid=upload.uuid, name=upload.name, spooled=spooled, now=now)
                Upload.objects.filter(pk=upload.pk).update(finished_at=now)
        except StorageTrouble as error:
            # The bytes are safe in the spool; the sender asks again, and the store may be back.
            raise StorageFull from error
        except Refusal:
            abandon_upload(by=by, upload=upload, now=now)
            raise
        spool.drop(upload.uuid)
        return Progress(received, file)


def abandon_upload(*, by: Actor, upload: Upload, now: datetime) -> None:
    """Give an unfinished upload up and free its space. A finished one is only forgotten; its file stays."""
    require(by, Permission.UPLOAD)
    Upload.objects.filter(pk=upload.pk).delete()
    spool.drop(upload.uuid)
