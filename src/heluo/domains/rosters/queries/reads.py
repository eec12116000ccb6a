"""What a file says, row by row, whatever its format."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from heluo.domains.rosters.enums import Fault, RowKind, Severity
from heluo.kernel.tables.public import Cell

MOST_ROWS = 1_000_000


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a cell stands that is not in its row's own line: in a package a row is put together of several files."""

    sheet: str
    number: int
    column: str


@dataclass(frozen=True, slots=True)
class Oddity:
    """Something wrong with a sheet or a column as a whole, or with a row whose other cells are fine."""

    kind: RowKind | None
    sheet: str
    number: int
    fault: Fault
    column: str = ""
    letter: str = ""
    severity: Severity = Severity.ERROR
    details: dict[str, str] = field(default_factory=dict)
    found: str = ""


@dataclass(frozen=True, slots=True)
class Read:
    """A row as it stands in the file: cells by the key of their column."""

    kind: RowKind
    sheet: str
    number: int
    cells: dict[str, Cell]
    letters: Mapping[str, str] = field(default_factory=dict)
    spots: Mapping[str, Spot] = field(default_factory=dict)
    waived: frozenset[str] = frozenset()
    """Columns that the template wants filled and this format does not."""
    wrongs: tuple[Oddity, ...] = ()
    """What is wrong with the row beyond its cells."""
    source_key: str = ""
    """Tells rows apart that stand in one line: the roles and the children of a user."""
    ends: bool = False
    """A delta package says that this is to be deleted."""
