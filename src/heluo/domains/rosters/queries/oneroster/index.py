"""What in a package points to what: kept while its persons and lessons stream past."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from heluo.domains.rosters.enums import RowKind
from heluo.domains.rosters.queries.cells import Place
from heluo.domains.rosters.queries.package import Line
from heluo.domains.rosters.queries.reads import Oddity
from heluo.kernel.tables.public import Cell


@dataclass(frozen=True, slots=True)
class Org:
    """A school as rows name it."""

    number: int
    code: str
    place: Place | None


@dataclass(frozen=True, slots=True)
class Room:
    """A class: the administrative class it is, or is a lesson of."""

    number: int
    org: Org
    grade: str
    klass: str
    is_homeroom: bool
    subject: str
    wrongs: tuple[Oddity, ...] = ()

    @property
    def key(self) -> tuple[str, str, str]:
        return self.org.code, self.grade, self.klass


@dataclass(frozen=True, slots=True)
class Held:
    """A role of a user."""

    sourced_id: str
    number: int
    kind: RowKind
    org: Org
    ends: bool


@dataclass(frozen=True, slots=True)
class Head:
    """A teacher's enrollment in a homeroom."""

    sourced_id: str
    user: str
    is_primary: bool


@dataclass(frozen=True, slots=True)
class Seat:
    """Where a pupil sits, and the line that says so; `wrongs` if it cannot be believed."""

    room: Room | None
    number: int
    wrongs: tuple[Oddity, ...] = ()


@dataclass(frozen=True, slots=True)
class Known:
    """Whom a line points to: where they stand, and the number they are found by."""

    file: str
    number: int
    cells: Mapping[str, Cell]


@dataclass(slots=True)
class Index:
    """What points to what."""

    orgs: dict[str, Org | None] = field(default_factory=dict)
    """None: not a school."""
    sessions: dict[str, tuple[date, date]] = field(default_factory=dict)
    courses: dict[str, Line] = field(default_factory=dict)
    rooms: dict[str, Room] = field(default_factory=dict)
    roles: dict[str, list[Held]] = field(default_factory=lambda: defaultdict(list))
    seats: dict[str, Seat] = field(default_factory=dict)
    lessons: dict[tuple[str, str, str, str], list[str]] = field(default_factory=lambda: defaultdict(list))
    """Administrative class and teacher → enrollments in its lessons."""
    heads: dict[tuple[str, str, str], list[Head]] = field(default_factory=lambda: defaultdict(list))
    births: dict[str, Line] = field(default_factory=dict)
    known: dict[str, Known] = field(default_factory=dict)
    wards: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    """Guardian → children."""
