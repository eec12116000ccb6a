"""Checks of a content after its file was stored: the scan, then the previews."""

import hashlib
import tempfile
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import transaction

from heluo.kernel.actors.public import Actor, require
from heluo.kernel.audit.public import record
from heluo.kernel.events.public import announce
from heluo.kernel.files.access import Permission
from heluo.kernel.files.actions.storing import lock_content, subject_of
from heluo.kernel.files.enums import FileKind, PreviewState, ScanState
from heluo.kernel.files.events import FileChecked
from heluo.kernel.files.models import Blob, Preview
from heluo.kernel.files.rendering import Rendered, Unrenderable, render
from heluo.kernel.files.scanner import Verdict, scan
from heluo.kernel.files.storage import current_storage


def check_content(*, by: Actor, blob: Blob, now: datetime) -> Blob:
    """Scan a content where a scanner is configured, then make its previews as far as possible; safe to run again.

    An infected content is quarantined and gets no preview. Raises `NotAllowed`, `ScannerTrouble` (to be tried again).
    """
    require(by, Permission.MAINTAIN)
    needs_scan = {ScanState.PENDING, ScanState.UNSCANNED} if settings.CLAMD_URL else {ScanState.PENDING}
    if blob.scan_state in needs_scan:
        blob = _scanned(by=by, blob=blob, now=now)
    if blob.is_readable and blob.preview_state in {PreviewState.PENDING, PreviewState.UNCONVERTED}:
        blob = _previewed(by=by, blob=blob)
    with transaction.atomic():
        for file in blob.files.all():
            announce(FileChecked(file=file.uuid, state=blob.scan_state, previews=blob.preview_state), by=by, at=now)
    return blob


def _scanned(*, by: Actor, blob: Blob, now: datetime) -> Blob:
    verdict = Verdict(ScanState.UNSCANNED)
    if settings.CLAMD_URL:
        verdict = scan(current_storage().read(blob.sha256), url=settings.CLAMD_URL)
    with transaction.atomic():
        lock_content(blob.sha256)
        blob = Blob.objects.select_for_update().get(pk=blob.pk)
        blob.scan_state, blob.scan_note, blob.scanned_at = verdict.state, verdict.note, now
        if verdict.state == ScanState.INFECTED:
            blob.preview_state = PreviewState.NONE
            for file in blob.files.all():
                record(
                    by=by,
                    at=now,
                    deed="files.file_quarantined",
                    subject=subject_of(file),
                    details={"sha256": blob.sha256, "signature": verdict.note},
                )
            current_storage().quarantine(blob.sha256)
        blob.save(update_fields=["scan_state", "scan_note", "scanned_at", "preview_state"])
    return blob


def _previewed(*, by: Actor, blob: Blob) -> Blob:
    require(by, Permission.MAINTAIN)
    if blob.format.kind == FileKind.OFFICE and not settings.SOFFICE:
        Blob.objects.filter(pk=blob.pk).update(preview_state=PreviewState.UNCONVERTED)
        blob.preview_state = PreviewState.UNCONVERTED
        return blob
    with tempfile.TemporaryDirectory(prefix="heluo-previews-") as folder:
        try:
            with current_storage().as_file(blob.sha256) as source:
                rendered, note = render(source, blob.format, Path(folder)), ""
        except Unrenderable as failure:
            rendered, note = Rendered(), str(failure)
        return _keep_previews(blob, rendered, note)


@transaction.atomic
def _keep_previews(blob: Blob, rendered: Rendered, note: str) -> Blob:
    blob = Blob.objects.select_for_update().get(pk=blob.pk)
    blob.previews.all().delete()
    storage = current_storage()
    rows = []
    bodies = [(picture, picture.place.read_bytes()) for picture in rendered.pictures]
    hashed = [(hashlib.sha256(body).hexdigest(), picture, body) for picture, body in bodies]
    # In the order of the locks' names: two contents may share pictures, and neither must wait for the other in a ring.
    for sha256, picture, body in sorted(hashed, key=lambda each: each[0]):
        lock_content(sha256)
        storage.put(sha256, picture.place)
        rows.append(
            Preview(
                blob=blob,
                role=picture.role,
                number=picture.number,
                sha256=sha256,
                size=len(body),
                width=picture.width,
                height=picture.height,
            )
        )
    Preview.objects.bulk_create(rows)
    blob.preview_state = PreviewState.FAILED if note else PreviewState.READY
    blob.preview_note = note
    blob.width, blob.height = rendered.width, rendered.height
    blob.duration_ms, blob.codec = rendered.duration_ms, rendered.codec[:40]
    blob.page_count, blob.text = rendered.page_count, rendered.text
    blob.save()
    return blob
