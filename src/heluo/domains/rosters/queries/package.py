"""A OneRoster 1.2 package as a container: which files are in it, which columns they have, their lines as a stream.

What the files mean is in `oneroster`. An archive is a stranger's: names, sizes and encodings are checked before
anything is read, and nothing is ever unpacked to a disk.
"""

import csv
import io
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path, PurePosixPath
from typing import Any

from heluo.domains.rosters.enums import Fault, Severity
from heluo.domains.rosters.errors import (
    ManifestMissing,
    ManifestWrong,
    NotARoster,
    PackageDamaged,
    PackageEncrypted,
    PackageIncomplete,
    PackageNested,
    PackageUnfoldsTooFar,
    PackageUnsafe,
    TextUnreadable,
)
from heluo.domains.rosters.queries.reads import Oddity
from heluo.kernel.pages.sheets import encoding_of
from heluo.kernel.tables.public import UnfoldsTooFar, refuse_crowd, unfolded

MANIFEST = "manifest"
PROBLEMS_COLUMN = "metadata.problems"
"""The column of a file that was handed back; reading it again, it says nothing."""
NESTED = frozenset({".zip", ".7z", ".rar", ".gz", ".tar", ".bz2", ".xz"})
_LITTER = ("__MACOSX/",)
_LITTER_NAMES = frozenset({".DS_Store", "Thumbs.db", "desktop.ini"})


class Mode(StrEnum):
    """What the manifest says of a file."""

    BULK = "bulk"
    DELTA = "delta"
    ABSENT = "absent"


VERSIONS = {"manifest.version": "1.0", "oneroster.version": "1.2"}
TAKEN: Mapping[str, tuple[str, ...]] = {
    "orgs": ("sourcedId", "name", "type"),
    "academicSessions": ("sourcedId", "title", "type", "startDate", "endDate", "schoolYear"),
    "courses": ("sourcedId", "title", "orgSourcedId"),
    "classes": ("sourcedId", "title", "courseSourcedId", "classType", "schoolSourcedId", "termSourcedIds"),
    "users": ("sourcedId", "enabledUser", "username", "givenName", "familyName"),
    "roles": ("sourcedId", "userSourcedId", "roleType", "role", "orgSourcedId"),
    "enrollments": ("sourcedId", "classSourcedId", "schoolSourcedId", "userSourcedId", "role"),
    "demographics": ("sourcedId",),
}
"""The files that are read, and the columns that the standard wants in them."""
NEEDED = ("orgs", "users", "roles")
"""Without these, a package that tells everything tells of nobody."""
OTHERS: Mapping[str, tuple[str, ...]] = {
    "orgs": ("identifier", "parentSourcedId"),
    "academicSessions": ("parentSourcedId",),
    "courses": ("schoolYearSourcedId", "courseCode", "grades", "subjects", "subjectCodes"),
    "classes": ("grades", "classCode", "location", "subjects", "subjectCodes", "periods"),
    "users": (
        *("userIds", "middleName", "identifier", "email", "sms", "phone", "agentSourcedIds", "grades", "password"),
        *("userMasterIdentifier", "resourceSourcedIds", "preferredGivenName", "preferredMiddleName"),
        *("preferredFamilyName", "primaryOrgSourcedId", "pronouns"),
    ),
    "roles": ("beginDate", "endDate", "userProfileSourcedId"),
    "enrollments": ("primary", "beginDate", "endDate"),
    "demographics": (
        *("birthDate", "sex", "americanIndianOrAlaskaNative", "asian", "blackOrAfricanAmerican"),
        *("nativeHawaiianOrOtherPacificIslander", "white", "demographicRaceTwoOrMoreRaces"),
        *("hispanicOrLatinoEthnicity", "countryOfBirthCode", "stateOfBirthAbbreviation", "cityOfBirth"),
        "publicSchoolResidenceStatus",
    ),
}
"""The other columns the standard knows in them."""
STATE = ("status", "dateLastModified")
"""Empty in a file that tells everything, filled in one that tells changes."""
IGNORED = frozenset(
    {
        *("categories", "classResources", "courseResources", "lineItemLearningObjectiveIds", "lineItems"),
        *("lineItemScoreScales", "resources", "resultLearningObjectiveIds", "results", "resultScoreScales"),
        *("scoreScales", "userProfiles", "userResources"),
    }
)
"""Files of the standard that the register has nothing to keep in."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a file by column; columns that are not there read as empty."""

    file: str
    number: int
    values: Mapping[str, str]

    def __getitem__(self, column: str) -> str:
        return self.values.get(column, "")


@dataclass(slots=True)
class Table:
    """One file of a package that is read."""

    name: str
    mode: Mode = Mode.ABSENT
    member: zipfile.ZipInfo | None = None
    encoding: str = ""
    columns: list[str | None] = field(default_factory=list)
    """The standard's column at each place of the heading line; None where it is not to be read."""
    oddities: list[Oddity] = field(default_factory=list)

    @property
    def file(self) -> str:
        return f"{self.name}.csv"


class Package:
    """An open package; made by `open_package`."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self.archive = archive
        self.members = _members(archive)
        self.oddities: list[Oddity] = []
        manifest = self._manifest()
        self.tables = {name: self._table(name, manifest) for name in TAKEN}
        self._look_at_others(manifest)
        people = [self.tables[name] for name in ("users", "roles", "enrollments")]
        self.is_delta = any(table.mode == Mode.DELTA for table in people)
        if all(table.member is None for table in people):
            raise NotARoster
        if not self.is_delta:
            for table in (self.tables[name] for name in NEEDED):
                if table.member is None:
                    raise PackageIncomplete(name=table.file)

    def lines(self, name: str) -> Iterator[Line | Oddity]:
        """The lines of a file, numbered as a spreadsheet numbers them; a line that is torn is an oddity."""
        table = self.tables[name]
        if table.member is None or Fault.HEADER_MISSING in {odd.fault for odd in table.oddities}:
            return
        for number, cells in self.rows(table.file, table.encoding):
            if number == 1 or not any(cells):
                continue
            if len(cells) != len(table.columns):
                details = {"cells": str(len(cells)), "headings": str(len(table.columns))}
                yield Oddity(None, table.file, number, Fault.LINE_LENGTH, details=details)
                continue
            values = zip(table.columns, cells, strict=True)
            yield Line(table.file, number, {column: cell.strip() for column, cell in values if column is not None})

    def rows(self, file: str, encoding: str) -> Iterator[tuple[int, list[str]]]:
        """Number and cells of each record of a member."""
        try:
            yield from enumerate(csv.reader(self._text(file, encoding)), start=1)
        except (csv.Error, UnicodeDecodeError) as error:
            raise TextUnreadable(name=file) from error

    def encoding_of(self, file: str) -> str:
        """The encoding in which a member can be read to its end. Raises `TextUnreadable`."""
        encoding = encoding_of(lambda: unfolded(self.archive, self.members[file]))
        if encoding is None:
            raise TextUnreadable(name=file)
        return encoding

    def _text(self, file: str, encoding: str) -> io.TextIOWrapper:
        content = _Content(unfolded(self.archive, self.members[file]))
        return io.TextIOWrapper(io.BufferedReader(content), encoding, newline="")

    def _manifest(self) -> dict[str, str]:
        if f"{MANIFEST}.csv" not in self.members:
            raise ManifestMissing
        file = f"{MANIFEST}.csv"
        said = {
            cells[0].strip(): cells[1].strip()
            for _number, cells in self.rows(file, self.encoding_of(file))
            if len(cells) >= 2
        }
        for name, wanted in VERSIONS.items():
            if said.get(name) != wanted:
                raise ManifestWrong(name=name, wanted=wanted, found=said.get(name, ""))
        for name, value in said.items():
            if name.startswith("file.") and value not in set(Mode):
                raise ManifestWrong(name=name, wanted="bulk / delta / absent", found=value[:40])
        return said

    def _table(self, name: str, manifest: Mapping[str, str]) -> Table:
        mode = Mode(manifest.get(f"file.{name}", Mode.ABSENT))
        table = Table(name, mode)
        if mode == Mode.ABSENT:
            return table
        if table.file not in self.members:
            raise PackageIncomplete(name=table.file)
        table.member = self.members[table.file]
        table.encoding = self.encoding_of(table.file)
        first = next((cells for _number, cells in self.rows(table.file, table.encoding)), [])
        self._read_headings(table, first)
        return table

    def _read_headings(self, table: Table, headings: list[str]) -> None:
        known = {name.lower(): name for name in ("sourcedId", *STATE, *TAKEN[table.name], *OTHERS[table.name])}
        for heading in map(str.strip, headings):
            column = known.get(heading.lower())
            if column is None and not heading.startswith(PROBLEMS_COLUMN):
                odd = Oddity(None, table.file, 1, Fault.HEADER_UNKNOWN, heading[:60], severity=Severity.WARNING)
                table.oddities.append(odd)
            elif column is not None and column in table.columns:
                table.oddities.append(Oddity(None, table.file, 1, Fault.HEADER_TWICE, column))
                column = None
            table.columns.append(column)
        wanted = (*TAKEN[table.name], *(STATE[:1] if table.mode == Mode.DELTA else ()))
        table.oddities += [
            Oddity(None, table.file, 1, Fault.HEADER_MISSING, column)
            for column in wanted
            if column not in table.columns
        ]

    def _look_at_others(self, manifest: Mapping[str, str]) -> None:
        """Say aloud of each file that is not read why it is not."""
        for file in sorted(self.members):
            name = PurePosixPath(file).stem
            if file == f"{MANIFEST}.csv" or (name in TAKEN and self.tables[name].member is not None):
                continue
            if file != f"{name}.csv" or (name not in TAKEN and name not in IGNORED):
                fault = Fault.FILE_UNKNOWN
            elif manifest.get(f"file.{name}", Mode.ABSENT) == Mode.ABSENT:
                fault = Fault.FILE_UNLISTED
            else:
                fault = Fault.FILE_IGNORED
            self.oddities.append(Oddity(None, file[-60:], 1, fault, severity=Severity.WARNING))


class _Content(io.RawIOBase):
    """Chunks of bytes as a file to read from."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self.chunks = chunks
        self.rest = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        if not self.rest:
            self.rest = next(self.chunks, b"")
        taken, self.rest = self.rest[: len(buffer)], self.rest[len(buffer) :]
        buffer[: len(taken)] = taken
        return len(taken)


@contextmanager
def open_package(path: Path) -> Iterator[Package]:
    """A package to read. Raises the refusals of `Unreadable`, also while its lines are read."""
    try:
        with zipfile.ZipFile(path) as archive:
            refuse_crowd(archive, path.stat().st_size)
            yield Package(archive)
    except UnfoldsTooFar as error:
        raise PackageUnfoldsTooFar from error
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError) as error:
        raise PackageDamaged from error


def _members(archive: zipfile.ZipFile) -> dict[str, zipfile.ZipInfo]:
    """The files of a package by name. Whoever packs a folder instead of its files gets the folder taken away."""
    found: dict[str, zipfile.ZipInfo] = {}
    for info in archive.infolist():
        path = PurePosixPath(info.filename)
        if info.is_dir() or info.filename.startswith(_LITTER) or path.name in _LITTER_NAMES:
            continue
        if info.filename in found or _leads_out(info.filename):
            raise PackageUnsafe(name=info.filename[:60])
        if path.suffix.lower() in NESTED:
            raise PackageNested(name=path.name[:60])
        if info.flag_bits & 1:
            raise PackageEncrypted
        found[info.filename] = info
    folders = {name.split("/")[0] for name in found if "/" in name}
    if f"{MANIFEST}.csv" not in found and len(folders) == 1 and all("/" in name for name in found):
        folder = f"{folders.pop()}/"
        found = {name.removeprefix(folder): info for name, info in found.items()}
    return found


def _leads_out(name: str) -> bool:
    return name.startswith("/") or "\\" in name or ":" in name or ".." in PurePosixPath(name).parts
