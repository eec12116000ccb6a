"""What other apps call: `from heluo.kernel.files.public import store_file, content_link, preview_links`."""

from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile

from heluo.kernel.actors.public import Actor
from heluo.kernel.files.actions import KEPT_FOR, check_content, copy_file, expire_orders, make_ordered, store_file
from heluo.kernel.files.enums import (
    CoursewareKind,
    FileKind,
    ItemKind,
    Obstacle,
    OrderState,
    PreviewRole,
    PreviewState,
    ScanState,
)
from heluo.kernel.files.errors import FileInfected, FileMissing, FileNotChecked, KindNotWanted
from heluo.kernel.files.events import FileChecked, FileStored
from heluo.kernel.files.links import Stage, content_link, courseware_stage, preview_link
from heluo.kernel.files.manifests import Item, Manifest
from heluo.kernel.files.models import StoredFile
from heluo.kernel.files.queries import own_file, verify_store
from heluo.kernel.files.storage import StorageTrouble, current_storage

__all__ = [
    "KEPT_FOR",
    "CoursewareKind",
    "FileChecked",
    "FileKind",
    "FileStored",
    "Item",
    "ItemKind",
    "Manifest",
    "Obstacle",
    "OrderState",
    "PreviewLinks",
    "PreviewState",
    "ScanState",
    "Stage",
    "StorageTrouble",
    "StoredFile",
    "check_content",
    "check_storage",
    "content_as_file",
    "content_link",
    "copy_file",
    "courseware_stage",
    "current_storage",
    "expire_orders",
    "file_from_form",
    "make_ordered",
    "own_file",
    "preview_links",
    "require_readable",
    "store_file",
    "verify_store",
]


@dataclass(frozen=True, slots=True)
class PreviewLinks:
    """Addresses of a file's previews on the content host; empty where there are none (yet)."""

    thumbnail: str
    """Longest side 480 px: for lists and cards."""
    large: str
    """Longest side 1200 px: a picture, or a video's poster."""
    pages: tuple[str, ...]
    """The first pages of a document, in order."""


def preview_links(file: StoredFile) -> PreviewLinks:
    """All preview addresses of a file. Use `StoredFile.objects.for_display()` to spare a query per file."""
    if not file.is_readable:
        return PreviewLinks("", "", ())
    links = {(preview.role, preview.number): preview_link(preview) for preview in file.previews}
    return PreviewLinks(
        thumbnail=links.get((PreviewRole.THUMBNAIL, 1), ""),
        large=links.get((PreviewRole.LARGE, 1), ""),
        pages=tuple(link for (role, _number), link in sorted(links.items()) if role == PreviewRole.PAGE),
    )


def require_readable(file: StoredFile) -> None:
    """Refuse to publish or hand out a file that is infected or still to be scanned."""
    if file.scan_state == ScanState.INFECTED:
        raise FileInfected(name=file.name)
    if not file.is_readable:
        raise FileNotChecked(name=file.name)


def file_from_form(
    *,
    by: Actor,
    field: str,
    posted: Mapping[str, str],
    uploaded: Mapping[str, "UploadedFile[bytes]"],
    wanted: tuple[FileKind, ...] = (),
    now: datetime,
) -> StoredFile | None:
    """The file a person chose with `{% file_upload %}`: uploaded beforehand, or sent with the plain form.

    `posted` and `uploaded` are `request.POST` and `request.FILES`. None where nothing was chosen. Raises `FileMissing`
    for an address that is not theirs, `KindNotWanted`, and whatever `store_file` refuses.
    """
    sent = uploaded.get(field)
    if sent is not None and sent.file is not None:
        return store_file(by=by, name=sent.name or "", content=sent.file, wanted=wanted, now=now)
    told = posted.get(field, "")
    if not told:
        return None
    try:
        file = own_file(by, UUID(told))
    except ValueError:
        raise FileMissing(field=field) from None
    if wanted and file.kind not in wanted:
        accepted = "、".join(str(kind.label) for kind in wanted)
        raise KindNotWanted(field=field, name=file.name, kind=file.kind.label, wanted=accepted)
    return file


def content_as_file(file: StoredFile) -> AbstractContextManager[Path]:
    """The content of a file as a local one to read, for as long as the context lasts. The caller checked the right."""
    return current_storage().as_file(file.sha256)


def check_storage() -> None:
    """Make sure that the store takes and gives back a byte. Raises `StorageTrouble` with a text for the operator."""
    current_storage().check()
