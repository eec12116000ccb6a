"""What a school says about its people, line by line, and how that lies in the database while it is looked at.

The lines go by COPY into temporary tables that empty themselves when the transaction ends. Values of identifiers stay
in memory: only their keyed hashes are written, so that neither a temporary file nor a log can hold one in clear.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

from django.db import connection

from heluo.kernel.actors.enums import Role
from heluo.kernel.codes.public import copy_into
from heluo.kernel.organisations.models import Organisation
from heluo.kernel.people.crypto import KeyRing
from heluo.kernel.people.enums import ClashKind, IdentifierKind

TABLES = """
CREATE TEMPORARY TABLE IF NOT EXISTS people_line (
    line bigint PRIMARY KEY, role text NOT NULL, is_reference boolean NOT NULL, name text NOT NULL, sex text NOT NULL,
    born_on date, klass_id bigint, head bigint NOT NULL, person_id bigint, number text NOT NULL, ends boolean NOT NULL
) ON COMMIT DELETE ROWS;
CREATE INDEX IF NOT EXISTS people_line_by_head ON people_line (head);
CREATE TEMPORARY TABLE IF NOT EXISTS people_line_identifier (
    line bigint NOT NULL, kind text NOT NULL, lookup bytea NOT NULL
) ON COMMIT DELETE ROWS;
CREATE INDEX IF NOT EXISTS people_line_identifier_by_lookup ON people_line_identifier (kind, lookup);
CREATE TEMPORARY TABLE IF NOT EXISTS people_line_guardianship (
    line bigint NOT NULL, guardian bigint NOT NULL, child bigint NOT NULL, relation text NOT NULL
) ON COMMIT DELETE ROWS;
CREATE TEMPORARY TABLE IF NOT EXISTS people_line_teaching (
    line bigint NOT NULL, teacher bigint NOT NULL, klass_id bigint NOT NULL, subject text NOT NULL,
    is_homeroom boolean, ends boolean NOT NULL
) ON COMMIT DELETE ROWS;
CREATE TEMPORARY TABLE IF NOT EXISTS people_listed (
    head bigint PRIMARY KEY, person_id bigint, uuid uuid, number text, name text NOT NULL, name_sort text,
    initials text, words tsvector, sex text NOT NULL, born_on date, klass_id bigint, is_new boolean NOT NULL,
    keeps_facts boolean NOT NULL, is_listed boolean NOT NULL, password text
) ON COMMIT DELETE ROWS;
CREATE TEMPORARY TABLE IF NOT EXISTS people_listed_identifier (
    head bigint NOT NULL, kind text NOT NULL, lookup bytea NOT NULL, line bigint NOT NULL, differs boolean NOT NULL,
    PRIMARY KEY (head, kind)
) ON COMMIT DELETE ROWS;
"""
NAMES = (
    "people_line",
    "people_line_identifier",
    "people_line_guardianship",
    "people_line_teaching",
    "people_listed",
    "people_listed_identifier",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedPerson:
    """A line that says who somebody is and what they are at the school.

    Identifiers are in their one spelling. Empty parts leave what the register knows. A reference (`is_reference`)
    changes nothing: it only points to somebody who holds the role here or is listed elsewhere with it; one that `ends`
    says that they hold it no longer.
    """

    line: int
    role: Role
    name: str = ""
    sex: str = ""
    born_on: date | None = None
    identifiers: Sequence[tuple[IdentifierKind, str]] = ()
    klass: int | None = None
    """Primary key of the class a pupil sits in."""
    number: str = ""
    """Platform number, believed of whoever holds or held a post at the school."""
    is_reference: bool = False
    ends: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedGuardianship:
    """A guardian of a child, each by the number of a line about them."""

    line: int
    guardian: int
    child: int
    relation: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedTeaching:
    """A subject a teacher, by the number of a line about them, teaches to a class; empty for a mere class leader."""

    line: int
    teacher: int
    klass: int
    subject: str = ""
    is_homeroom: bool | None = False
    """None leaves what the register says."""
    ends: bool = False


Line = ListedPerson | ListedGuardianship | ListedTeaching


@dataclass(frozen=True, slots=True, kw_only=True)
class Lists:
    """The lists of one school. What is `complete` ends what it does not name: whoever holds one of these roles here
    and is not listed, teachings at the school's classes, other guardians of a child that has one listed. Whatever is
    complete, a line that says so ends a role or a teaching."""

    school: Organisation
    lines: Iterable[Line]
    complete: frozenset[Role] = field(default=frozenset())
    complete_teachings: bool = False
    complete_guardianships: bool = False


@dataclass(frozen=True, slots=True)
class Clash:
    """A line that cannot stand beside another line or beside the register; `is_warning`: it can, but not all of it."""

    line: int
    kind: ClashKind
    other: int | None = None
    """The line it clashes with, if that is in the lists."""
    said: str = ""
    """What the register says instead."""

    @property
    def is_warning(self) -> bool:
        return self.kind in {ClashKind.FACTS_KEPT, ClashKind.TEACHES_ELSEWHERE}


class Values:
    """The identifiers of the lines in clear, for as long as the lists are being merged."""

    def __init__(self) -> None:
        self.by_line: dict[tuple[int, str], str] = {}


def take_lines(lines: Iterable[Line], ring: KeyRing) -> Values:
    """Put the lines into the temporary tables, emptied before, and keep their identifiers."""
    values = Values()
    guardianships: list[ListedGuardianship] = []
    teachings: list[ListedTeaching] = []
    with connection.cursor() as cursor:
        cursor.execute(TABLES)
        cursor.execute(f"TRUNCATE {', '.join(NAMES)}")
    # Whole before the COPY begins: the lines may come from a query, and a connection does one thing at a time.
    people = list(_people(lines, values, guardianships, teachings))
    copy_into("people_line (line, role, is_reference, name, sex, born_on, klass_id, head, number, ends)", people)
    copy_into(
        "people_line_identifier (line, kind, lookup)",
        ((line, kind, ring.lookup(f"{kind}:{value}")) for (line, kind), value in values.by_line.items()),
    )
    copy_into(
        "people_line_guardianship (line, guardian, child, relation)",
        ((row.line, row.guardian, row.child, row.relation) for row in guardianships),
    )
    copy_into(
        "people_line_teaching (line, teacher, klass_id, subject, is_homeroom, ends)",
        ((row.line, row.teacher, row.klass, row.subject, row.is_homeroom, row.ends) for row in teachings),
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE people_line, people_line_identifier, people_line_guardianship, people_line_teaching")
    return values


def _people(
    lines: Iterable[Line],
    values: Values,
    guardianships: list[ListedGuardianship],
    teachings: list[ListedTeaching],
) -> Iterator[tuple[object, ...]]:
    for row in lines:
        if isinstance(row, ListedGuardianship):
            guardianships.append(row)
        elif isinstance(row, ListedTeaching):
            teachings.append(row)
        else:
            for kind, value in row.identifiers:
                values.by_line[row.line, str(kind)] = value
            said = (row.name, row.sex, row.born_on, row.klass)
            yield row.line, str(row.role), row.is_reference, *said, row.line, row.number, row.ends
