"""Background entry points: ids in, one action."""

from datetime import timedelta

import structlog
from django.conf import settings
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from heluo.kernel.actors.errors import Refusal
from heluo.kernel.actors.public import platform_actor
from heluo.kernel.clock.public import now
from heluo.kernel.files.access import Permission
from heluo.kernel.files.actions import check_content, discard_unused, finish_upload
from heluo.kernel.files.enums import PreviewState, ScanState
from heluo.kernel.files.errors import StorageAway, StorageFull
from heluo.kernel.files.models import Blob, Upload
from heluo.kernel.files.queries import whole_uploads
from heluo.kernel.jobs.public import is_under_way, pulse, task

log = structlog.get_logger(__name__)
CAUGHT_UP_AT_ONCE = 100
QUIET_FOR = timedelta(minutes=1)
"""A whole upload without a stored file is normal while its last request runs; after that its process has died."""
LATE_AFTER = timedelta(minutes=15)
"""A content still unchecked by then has probably lost its job."""


@task(name="files.check_content", title=_("查毒并生成预览"), idempotent=True, queue="files", retries=4)
def check(*, blob: int) -> None:
    found = Blob.objects.filter(pk=blob).first()
    if found is not None:
        check_content(by=platform_actor("files", {Permission.MAINTAIN}), blob=found, now=now())


@task(name="files.finish_upload", title=_("收好已经传完的文件"), idempotent=True, queue="files", retries=4)
def finish(*, upload: int) -> None:
    """Make the stored file of an upload whose process died after the last byte and whose sender never came back."""
    found = Upload.objects.filter(pk=upload).first()
    if found is None:
        return
    try:
        finish_upload(by=platform_actor("files", {Permission.UPLOAD}), upload=found, now=now())
    except (StorageAway, StorageFull):
        raise
    except Refusal as refusal:
        # Busy: somebody finishes it. Gone: somebody did, or gave it up. Else the file itself was refused and dropped.
        log.info("upload_not_finished", upload=str(found.uuid), refusal=refusal.code)


@pulse(every=60, title=_("收好已经传完、但没有存好的文件"))
def finish_whole_uploads() -> None:
    """Uploads that lie here whole and quiet; one round at a time, since a store that is away fails them all."""
    at = now()
    whole = whole_uploads(quiet_since=at - QUIET_FOR, at=at)[:CAUGHT_UP_AT_ONCE]
    if whole and not is_under_way(finish.name):
        finish.defer_many({"upload": pk} for pk in whole)


@task(name="files.discard_unused", title=_("清理过期上传和无人使用的文件"), idempotent=True, queue="files")
def discard() -> None:
    discard_unused(by=platform_actor("files", {Permission.MAINTAIN}), now=now())


@pulse(every=3600, title=_("安排清理无人使用的文件"))
def schedule_discarding() -> None:
    discard.defer()


@pulse(every=900, title=_("补查还没有查毒、没有预览的文件"))
def catch_up() -> None:
    """Contents whose check was lost, or that came while there was no scanner or no office program."""
    waiting = Q(scan_state=ScanState.PENDING) | Q(preview_state=PreviewState.PENDING)
    if settings.CLAMD_URL:
        waiting |= Q(scan_state=ScanState.UNSCANNED)
    if settings.SOFFICE:
        waiting |= Q(preview_state=PreviewState.UNCONVERTED)
    late = (
        Blob.objects.filter(waiting, made_at__lt=now() - LATE_AFTER)
        .exclude(scan_state=ScanState.INFECTED)
        .order_by("made_at")
    )
    check.defer_many({"blob": pk} for pk in late.values_list("pk", flat=True)[:CAUGHT_UP_AT_ONCE])
