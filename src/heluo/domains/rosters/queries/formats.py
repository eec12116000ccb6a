"""A batch's file, opened and read by its format."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from heluo.domains.rosters.errors import Interrupted
from heluo.domains.rosters.models import RosterBatch
from heluo.domains.rosters.queries.cells import Setting
from heluo.domains.rosters.queries.excel import read_excel
from heluo.domains.rosters.queries.oneroster import read_package
from heluo.domains.rosters.queries.package import open_package
from heluo.domains.rosters.queries.reads import Oddity, Read
from heluo.kernel.files.public import FileKind, content_as_file


@dataclass(frozen=True, slots=True)
class Source:
    """What a batch's file says, while it is open."""

    items: Iterator[Read | Oddity]
    is_delta: bool = False
    """Says only what changed; nobody is missing from it."""


def is_package(batch: RosterBatch) -> bool:
    """Whether a batch's file is a OneRoster package; otherwise it is a workbook."""
    return batch.file is not None and batch.file.kind == FileKind.PACKAGE


@contextmanager
def open_source(batch: RosterBatch, setting: Setting) -> Iterator[Source]:
    """A batch's file to read. Raises the refusals of `Unreadable`, also while it is read."""
    with file_of(batch) as path:
        if is_package(batch):
            with open_package(path) as package:
                yield Source(read_package(package, setting), package.is_delta)
        else:
            yield Source(read_excel(path))


@contextmanager
def file_of(batch: RosterBatch) -> Iterator[Path]:
    """The batch's file as a local one."""
    if batch.file is None:
        raise Interrupted
    with content_as_file(batch.file) as path:
        yield path
