"""A whole file becomes a stored file: hashed, recognised, kept once, and its checks announced."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO
from uuid import UUID, uuid4

import structlog
from django.conf import settings
from django.db import connection, transaction

from heluo.kernel.actors.public import Actor, paths_for, require
from heluo.kernel.audit.public import Subject, record
from heluo.kernel.events.public import announce
from heluo.kernel.files import spool
from heluo.kernel.files.access import Permission
from heluo.kernel.files.enums import FileKind, PreviewState, ScanState
from heluo.kernel.files.errors import EmptyFile, FileInfected, FileTooLarge, StorageAway, StorageFull
from heluo.kernel.files.events import FileStored
from heluo.kernel.files.kinds import Format
from heluo.kernel.files.manifests import Manifest
from heluo.kernel.files.models import Blob, StoredFile
from heluo.kernel.files.names import clean_name
from heluo.kernel.files.recognition import accept, courseware_in
from heluo.kernel.files.spool import Spooled
from heluo.kernel.files.storage import OutOfRoom, StorageTrouble, current_storage

log = structlog.get_logger(__name__)
PREVIEWED_KINDS = frozenset({FileKind.VIDEO, FileKind.AUDIO, FileKind.IMAGE, FileKind.PDF, FileKind.OFFICE})
KIBI = 1024


def store_file(
    *,
    by: Actor,
    name: str,
    content: IO[bytes],
    wanted: tuple[FileKind, ...] = (),
    uuid: UUID | None = None,
    now: datetime,
) -> StoredFile:
    """Keep a file that is at hand whole (a plain form, the demo, an import). A file that comes back from another node
    brings its `uuid` along.

    Raises `NotAllowed`, `EmptyFile`, `FileTooLarge`, `KindNotAccepted`, `KindNotWanted`, `Mislabelled`, `FileDamaged`,
    `FileInfected`, `StorageFull`, `StorageAway`.
    """
    require(by, Permission.UPLOAD)
    uuid = uuid or uuid4()
    limit = settings.MAX_UPLOAD_BYTES
    spool.begin(uuid)
    try:
        with spool.held(uuid) as spooled:
            if spooled.append(content.read, offset=0, most=limit + 1) > limit:
                raise FileTooLarge(name=clean_name(name), size=f"> {readable_size(limit)}", limit=readable_size(limit))
            arrived = examine(spooled, name=name, wanted=wanted)
            return keep_file(by=by, uuid=uuid, owner=by.person_id, arrived=arrived, now=now)
    finally:
        spool.drop(uuid)


@dataclass(frozen=True, slots=True)
class Arrived:
    """A whole file in the spool, hashed and recognised."""

    place: Path
    name: str
    size: int
    sha256: str
    form: Format
    courseware: Manifest | None = None


def examine(spooled: Spooled, *, name: str, wanted: tuple[FileKind, ...] = ()) -> Arrived:
    """Hash and recognise spooled bytes. Slow for a large file: no transaction may be open.

    Raises `EmptyFile`, `KindNotAccepted`, `KindNotWanted`, `Mislabelled`, `FileDamaged`.
    """
    name = clean_name(name)
    if not spooled.size:
        raise EmptyFile(name=name)
    form = accept(spooled.place, name=name, wanted=wanted)
    return Arrived(
        place=spooled.place,
        name=name,
        size=spooled.size,
        sha256=spooled.sha256(),
        form=form,
        courseware=courseware_in(spooled.place) if form.kind == FileKind.COURSEWARE else None,
    )


@transaction.atomic
def keep_file(*, by: Actor, uuid: UUID, owner: UUID | None, arrived: Arrived, now: datetime) -> StoredFile:
    """Make a stored file of a whole one. Raises `FileInfected`, `StorageFull`, `StorageAway`."""
    blob = keep_content(arrived, now=now)
    file = StoredFile.objects.create(uuid=uuid, name=arrived.name, blob=blob, owner_id=owner, made_at=now)
    record(
        by=by,
        at=now,
        deed="files.file_stored",
        subject=subject_of(file, path=next(iter(paths_for(by, Permission.UPLOAD)), "")),
        details={"sha256": blob.sha256, "size": blob.size, "media_type": blob.media_type},
    )
    announce(FileStored(file=uuid, blob=blob.pk), by=by, at=now)
    return file


def subject_of(file: StoredFile, *, path: str = "") -> Subject:
    """A file as the audit log names it."""
    return Subject(kind="file", id=str(file.uuid), title=file.name, path=path)


def keep_content(arrived: Arrived, *, now: datetime) -> Blob:
    """The row of a content, with the content in the store: made now, or found.

    The store comes before the first row is written: a transaction that has written holds back every reader of the
    change log, and a bucket may take its time.
    """
    sha256 = arrived.sha256
    lock_content(sha256)
    if Blob.objects.filter(sha256=sha256, scan_state=ScanState.INFECTED).exists():
        raise FileInfected(name=arrived.name)
    try:
        current_storage().put(sha256, arrived.place)
    except OutOfRoom as trouble:
        log.warning("storage_full", trouble=str(trouble))
        raise StorageFull from trouble
    except StorageTrouble as trouble:
        log.warning("storage_away", trouble=str(trouble))
        raise StorageAway from trouble
    manifest = arrived.courseware.stored() if arrived.courseware else None
    blob, _is_new = Blob.objects.get_or_create(
        sha256=sha256,
        defaults={
            "size": arrived.size,
            "media_type": arrived.form.media_type,
            "made_at": now,
            "scan_state": ScanState.PENDING if settings.CLAMD_URL else ScanState.UNSCANNED,
            "preview_state": PreviewState.PENDING if arrived.form.kind in PREVIEWED_KINDS else PreviewState.NONE,
            "manifest": manifest,
        },
    )
    if blob.media_type != arrived.form.media_type:
        # Kept before this house knew the format.
        blob.media_type, blob.manifest = arrived.form.media_type, manifest
        blob.save(update_fields=["media_type", "manifest"])
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
