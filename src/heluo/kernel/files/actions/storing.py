"""A whole file becomes a stored file: hashed, recognised, kept once, and its checks announced."""

from datetime import datetime
from pathlib import Path
from typing import IO
from uuid import UUID, uuid4

from django.conf import settings
from django.db import connection, transaction

from heluo.kernel.actors.public import Actor, paths_for, require
from heluo.kernel.audit.public import Subject, record
from heluo.kernel.events.public import announce
from heluo.kernel.files import spool
from heluo.kernel.files.access import Permission
from heluo.kernel.files.enums import FileKind, PreviewState, ScanState
from heluo.kernel.files.errors import EmptyFile, FileInfected, FileTooLarge
from heluo.kernel.files.events import FileStored
from heluo.kernel.files.kinds import Format
from heluo.kernel.files.models import Blob, StoredFile
from heluo.kernel.files.names import clean_name
from heluo.kernel.files.recognition import accept
from heluo.kernel.files.spool import Spooled
from heluo.kernel.files.storage import current_storage

PREVIEWED_KINDS = frozenset({FileKind.VIDEO, FileKind.AUDIO, FileKind.IMAGE, FileKind.PDF})
KIBI = 1024


def store_file(
    *, by: Actor, name: str, content: IO[bytes], wanted: tuple[FileKind, ...] = (), now: datetime
) -> StoredFile:
    """Keep a file that is at hand whole (a plain form, the demo, an import).

    Raises `NotAllowed`, `EmptyFile`, `FileTooLarge`, `KindNotAccepted`, `KindNotWanted`, `Mislabelled`, `FileDamaged`,
    `FileInfected`, `StorageFull`.
    """
    require(by, Permission.UPLOAD)
    uuid = uuid4()
    limit = settings.MAX_UPLOAD_BYTES
    spool.begin(uuid)
    try:
        with spool.held(uuid) as spooled:
            if spooled.append(content.read, offset=0, most=limit + 1) > limit:
                raise FileTooLarge(name=clean_name(name), size=f"> {readable_size(limit)}", limit=readable_size(limit))
            return take_over(by=by, uuid=uuid, name=name, spooled=spooled, wanted=wanted, now=now)
    finally:
        spool.drop(uuid)


def take_over(
    *, by: Actor, uuid: UUID, name: str, spooled: Spooled, wanted: tuple[FileKind, ...] = (), now: datetime
) -> StoredFile:
    """Make a stored file of spooled bytes. Hashing and recognition happen before the transaction opens."""
    name = clean_name(name)
    size = spooled.size
    if not size:
        raise EmptyFile(name=name)
    sha256 = spooled.sha256()
    form = accept(spooled.place, name=name, wanted=wanted)
    with transaction.atomic():
        blob = keep_content(sha256, spooled.place, form=form, size=size, now=now)
        if blob.scan_state == ScanState.INFECTED:
            raise FileInfected(name=name)
        file = StoredFile.objects.create(uuid=uuid, name=name, blob=blob, owner_id=by.person_id, made_at=now)
        record(
            by=by,
            at=now,
            deed="files.file_stored",
            subject=subject_of(file, path=next(iter(paths_for(by, Permission.UPLOAD)), "")),
            details={"sha256": sha256, "size": size, "media_type": blob.media_type},
        )
        announce(FileStored(file=uuid, blob=blob.pk), by=by, at=now)
        return file


def subject_of(file: StoredFile, *, path: str = "") -> Subject:
    """A file as the audit log names it."""
    return Subject(kind="file", id=str(file.uuid), title=file.name, path=path)


def keep_content(sha256: str, place: Path, *, form: Format, size: int, now: datetime) -> Blob:
    """The row of a content, with the content in the store: made now, or found."""
    lock_content(sha256)
    blob, _is_new = Blob.objects.get_or_create(
        sha256=sha256,
        defaults={
            "size": size,
            "media_type": form.media_type,
            "made_at": now,
            "scan_state": ScanState.PENDING if settings.CLAMD_URL else ScanState.UNSCANNED,
            "preview_state": PreviewState.PENDING if form.kind in PREVIEWED_KINDS else PreviewState.NONE,
        },
    )
    if blob.scan_state != ScanState.INFECTED:
        current_storage().put(sha256, place)
    return blob


def lock_content(sha256: str) -> None:
    """Until the transaction ends nobody else keeps or discards this content.

    An advisory lock, because neither the row nor the content need exist yet.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [int(sha256[:15], 16)])


def readable_size(size: int) -> str:
    """`3.4 MB`: as people read sizes, in steps of 1024."""
    amount = float(size)
    for unit in ("B", "KB", "MB"):
        if amount < KIBI:
            return f"{amount:.0f} {unit}" if unit == "B" or amount >= 100 else f"{amount:.1f} {unit}"
        amount /= KIBI
    return f"{amount:.1f} GB"
