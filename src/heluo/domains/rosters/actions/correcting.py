"""The file handed back is made beside the work, once a batch is known to have errors."""

import tempfile
from datetime import datetime
from pathlib import Path, PurePath

from django.db import transaction

from heluo.domains.rosters.actions.comparing import actor_of
from heluo.domains.rosters.actions.working import moved
from heluo.domains.rosters.enums import BatchState
from heluo.domains.rosters.models import RosterBatch
from heluo.domains.rosters.queries.batches import setting_of
from heluo.domains.rosters.queries.corrections import write_marked_package, write_marked_workbook
from heluo.domains.rosters.queries.formats import is_package
from heluo.kernel.clock.public import local_day
from heluo.kernel.files.public import FileKind, store_file


def correct_batch(*, batch_id: int, now: datetime) -> None:
    """Write the file with the wrong cells marked and keep it with the batch. Safe to repeat."""
    batch = RosterBatch.objects.select_related("scope", "opened_by", "file__blob").get(pk=batch_id)
    if batch.state != BatchState.READ or batch.file is None:
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "corrections"
        if is_package(batch):
            write_marked_package(batch, path)
        else:
            write_marked_workbook(batch, path, setting_of(batch.scope, today=local_day(now)))
        with path.open("rb") as content:
            file = store_file(
                by=actor_of(batch.opened_by, on=local_day(now)),
                name=f"{PurePath(batch.file_name).stem[:150]}-改正{'.zip' if is_package(batch) else '.xlsx'}",
                content=content,
                wanted=(FileKind.OFFICE, FileKind.PACKAGE),
                now=now,
            )
    with transaction.atomic():
        RosterBatch.objects.filter(pk=batch.pk, state=BatchState.READ).update(corrections=file)
        moved(batch, now=now)
