"""A batch's file, opened and read by its format."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from heluo.domains.rosters.errors import Interrupted
from heluo.domains.rosters.models import RosterBatch
from heluo.domains.rosters.queries.excel import Oddity, Read, read_excel
from heluo.kernel.files.public import content_as_file


def read_file(batch: RosterBatch) -> Iterator[Read | Oddity]:
    """Every row of a batch's file. Raises the refusals of `errors.Unreadable`."""
    with file_of(batch) as path:
        yield from read_excel(path)


@contextmanager
def file_of(batch: RosterBatch) -> Iterator[Path]:
    """The batch's file as a local one."""
    if batch.file is None:
        raise Interrupted
    with content_as_file(batch.file) as path:
        yield path
