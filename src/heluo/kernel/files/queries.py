"""Reads: files and uploads as their owners may see them, what nothing points to, and whether the store is sound."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from django.apps import apps
from django.db.models import Exists, OuterRef, QuerySet

from heluo.kernel.actors.public import Actor
from heluo.kernel.files import spool
from heluo.kernel.files.access import owned_by
from heluo.kernel.files.enums import ScanState
from heluo.kernel.files.errors import FileMissing, UploadGone
from heluo.kernel.files.limits import UNUSED_FILE_LIFETIME
from heluo.kernel.files.models import Blob, Preview, StoredFile, Upload
from heluo.kernel.files.storage import ContentMissing, current_storage


def own_file(actor: Actor, uuid: UUID) -> StoredFile:
    """A file the actor brought. Raises `FileMissing` for every other."""
    file = StoredFile.objects.for_display().filter(owned_by(actor), uuid=uuid).first()
    if file is None:
        raise FileMissing
    return file


def own_upload(actor: Actor, uuid: UUID, *, at: datetime) -> Upload:
    """An upload of the actor, arriving or finished. Raises `UploadGone` for every other and after its end."""
    upload = Upload.objects.filter(owned_by(actor), uuid=uuid, expires_at__gt=at).first()
    if upload is None:
        raise UploadGone
    return upload


def whole_uploads(*, quiet_since: datetime, at: datetime) -> list[int]:
    """Keys of uploads whose bytes all lie here since an instant, and that nobody made a stored file of."""
    arriving = Upload.objects.filter(finished_at=None, expires_at__gt=at).values_list("pk", "uuid", "size")
    return [pk for pk, uuid, size in arriving if spool.is_whole(uuid, size=size, quiet_since=quiet_since)]


def unused_files(*, at: datetime) -> QuerySet[StoredFile]:
    """Files past their time of grace that no foreign key of any app points to."""
    rows = StoredFile.objects.filter(made_at__lt=at - UNUSED_FILE_LIFETIME)
    for model in apps.get_models():
        for field in model._meta.concrete_fields:  # noqa: SLF001  # Django documents this name as public
            if field.related_model is StoredFile:
                rows = rows.filter(~Exists(QuerySet(model).filter(**{field.name: OuterRef("pk")})))
    return rows


class FlawKind(StrEnum):
    MISSING = "missing"
    DAMAGED = "damaged"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Flaw:
    """A content that is not as it should be: gone, changed, or known to no row."""

    sha256: str
    kind: FlawKind


def verify_store() -> Iterator[Flaw]:
    """Read the whole store and compare it with what the rows say. Takes as long as reading everything takes."""
    storage = current_storage()
    quarantined = set(Blob.objects.filter(scan_state=ScanState.INFECTED).values_list("sha256", flat=True))
    known = set(Blob.objects.values_list("sha256", flat=True)) | set(Preview.objects.values_list("sha256", flat=True))
    for sha256 in sorted(known - quarantined):
        try:
            digest = hashlib.sha256()
            for piece in storage.read(sha256):
                digest.update(piece)
        except ContentMissing:
            yield Flaw(sha256, FlawKind.MISSING)
        else:
            if digest.hexdigest() != sha256:
                yield Flaw(sha256, FlawKind.DAMAGED)
    for kept in storage.contents():
        if kept.sha256 not in known:
            yield Flaw(kept.sha256, FlawKind.UNKNOWN)
