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
from heluo.kernel.files.actions.storing import examine, keep_file, readable_size
from heluo.kernel.files.errors import EmptyFile, FileTooLarge, StorageAway, StorageFull, TooManyUploads, UploadGone
from heluo.kernel.files.limits import OPEN_UPLOADS_PER_PERSON, UPLOAD_LIFETIME
from heluo.kernel.files.models import StoredFile, Upload
from heluo.kernel.files.names import clean_name
from heluo.kernel.files.spool import Checksum, Read, Spooled


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
    Raises `NotAllowed`, `UploadBusy`, `UploadGone`, `WrongOffset`, `ChecksumMismatch`, `StorageFull`, `StorageAway`,
    and whatever `store_file` refuses.
    """
    require(by, Permission.UPLOAD)
    with spool.held(upload.uuid) as spooled:
        received = spooled.append(read, offset=offset, most=upload.size - offset, checksum=checksum)
        file = _kept(by=by, upload=upload, spooled=spooled, now=now) if received == upload.size else None
        return Progress(received, file)


def finish_upload(*, by: Actor, upload: Upload, now: datetime) -> Progress:
    """Where an upload stands, and its stored file once all bytes are there, made now if its process died before it did.

    A sender who is told that every byte arrived believes that the file exists: so it must. Safe to repeat.
    Raises what `receive_piece` raises.
    """
    require(by, Permission.UPLOAD)
    try:
        received = spool.received(upload.uuid)
        if received < upload.size:
            return Progress(received)
        with spool.held(upload.uuid) as spooled:
            return Progress(received, _kept(by=by, upload=upload, spooled=spooled, now=now))
    except UploadGone:
        file = StoredFile.objects.filter(uuid=upload.uuid).first()
        if file is None:
            raise
        return Progress(upload.size, file)


def _kept(*, by: Actor, upload: Upload, spooled: Spooled, now: datetime) -> StoredFile:
    """The stored file of a whole upload whose spool the caller holds; the spool goes when the file is committed."""
    file = StoredFile.objects.filter(uuid=upload.uuid).first()
    if file is None:
        try:
            arrived = examine(spooled, name=upload.name)
            with transaction.atomic():
                file = keep_file(by=by, uuid=upload.uuid, owner=upload.owner_id, arrived=arrived, now=now)
                Upload.objects.filter(pk=upload.pk).update(finished_at=now)
        except (StorageAway, StorageFull):
            raise  # the bytes are safe in the spool; whoever asks again finishes them
        except Refusal:
            abandon_upload(by=by, upload=upload, now=now)
            raise
    spool.drop(upload.uuid)
    return file


def abandon_upload(*, by: Actor, upload: Upload, now: datetime) -> None:
    """Give an unfinished upload up and free its space. A finished one is only forgotten; its file stays."""
    require(by, Permission.UPLOAD)
    Upload.objects.filter(pk=upload.pk).delete()
    spool.drop(upload.uuid)
