"""Contents that are at hand whole: they came on a disk, or their last piece has just arrived."""

from datetime import datetime
from pathlib import Path
from typing import IO
from uuid import uuid4

from django.conf import settings
from django.db import transaction

from heluo.kernel.actors.public import Actor, require
from heluo.kernel.events.public import announce
from heluo.kernel.files import spool
from heluo.kernel.files.actions.storing import examine, keep_file, readable_size
from heluo.kernel.files.errors import FileTooLarge
from heluo.kernel.files.models import StoredFile
from heluo.kernel.files.names import clean_name
from heluo.kernel.files.spool import Spooled
from heluo.kernel.transfers.access import Permission
from heluo.kernel.transfers.enums import CopyState
from heluo.kernel.transfers.errors import HashMalformed, OtherBytes
from heluo.kernel.transfers.events import ContentsArrived
from heluo.kernel.transfers.models import Copy
from heluo.kernel.transfers.vocabulary import is_sha256


def keep_copy(*, by: Actor, sha256: str, name: str, content: IO[bytes] | Path, now: datetime) -> StoredFile:
    """Keep a content that came by another way than the line (an offline package), once.

    No transaction may be open. Refusals: NotAllowed, HashMalformed, OtherBytes (it hashes to something else), and
    whatever an upload refuses: EmptyFile, FileTooLarge, KindNotAccepted, Mislabelled, FileDamaged, ArchiveRefused,
    FileInfected, StorageFull, StorageAway.
    """
    require(by, Permission.FETCH)
    if not is_sha256(sha256):
        raise HashMalformed(name=clean_name(name))
    known = Copy.objects.select_related("file__blob").filter(sha256=sha256, state=CopyState.HERE).first()
    if known is not None and known.file is not None:
        return known.file
    if isinstance(content, Path):
        with content.open("rb") as opened:
            return keep_copy(by=by, sha256=sha256, name=name, content=opened, now=now)
    limit = settings.MAX_UPLOAD_BYTES
    place = uuid4()
    spool.begin(place)
    try:
        with spool.held(place) as spooled:
            if spooled.append(content.read, offset=0, most=limit + 1) > limit:
                raise FileTooLarge(name=clean_name(name), size=f"> {readable_size(limit)}", limit=readable_size(limit))
            return keep_whole(by=by, spooled=spooled, sha256=sha256, name=name, now=now)
    finally:
        spool.drop(place)


def keep_whole(*, by: Actor, spooled: Spooled, sha256: str, name: str, now: datetime) -> StoredFile:
    """Make a copy of what lies whole in the spool, if it is what it should be. Refusals: as `keep_copy`."""
    if spooled.sha256() != sha256:
        raise OtherBytes(name=clean_name(name))
    arrived = examine(spooled, name=name)
    with transaction.atomic():
        Copy.objects.bulk_create(
            [Copy(sha256=sha256, size=arrived.size, name=arrived.name, wanted_at=now)], ignore_conflicts=True
        )
        copy = Copy.objects.select_for_update(of=("self",)).select_related("file__blob").get(sha256=sha256)
        if copy.file is not None:
            return copy.file
        copy.file = keep_file(by=by, uuid=uuid4(), owner=None, arrived=arrived, now=now)
        copy.size, copy.state, copy.here_at = arrived.size, CopyState.HERE, now
        copy.trouble, copy.failures, copy.next_at = "", 0, None
        copy.save()
        announce(ContentsArrived(sha256s=(sha256,)), by=by, at=now)
    return copy.file
