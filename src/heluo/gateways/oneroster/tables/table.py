"""What a table of the standard is here: a statement over our own tables, and the fields it can be asked for."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from string import Template

ACTIVE_OR_NOT = "CASE WHEN {holds} THEN 'active' ELSE 'tobedeleted' END"


class Kind(StrEnum):
    """How a field is compared."""

    TEXT = "text"
    DAY = "day"
    INSTANT = "instant"
    LIST = "list"


@dataclass(frozen=True, slots=True)
class Field:
    """A field that a filter or a sort may name, and the column behind it."""

    column: str
    kind: Kind = Kind.TEXT


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a table: conditions for named places of its statement, one for its rows, and their values."""

    places: Mapping[str, str] = field(default_factory=dict)
    rows: str = ""
    values: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Table:
    """One kind of object.

    `statement` is a `SELECT` whose columns begin with `"sourcedId"`, `status` and `"dateLastModified"`; columns that
    start with `_` are for us. It holds places (`$people`) where a part puts a condition (`AND …`), so that a single
    object or a class's pupils are found by an index and not among all. Its values: `scope` (a pattern of tree paths),
    `top` (the path of the client's organisation), `today`, `kept_from`, `year`, `subjects`.
    """

    plural: str
    single: str
    statement: str
    fields: Mapping[str, Field]
    names: tuple[str, ...]
    """Every field of the object, for `fields=`."""
    find: Callable[[str], Part | None]
    """Where the object with an id is looked for; None where no object can have that id."""

    def written(self, part: Part) -> str:
        places = dict.fromkeys(Template(self.statement).get_identifiers(), "")
        return Template(self.statement).substitute({**places, **part.places})


BASE_FIELDS = {
    "sourcedId": Field('"sourcedId"'),
    "status": Field("status"),
    "dateLastModified": Field('"dateLastModified"', Kind.INSTANT),
}
BASE_NAMES = ("sourcedId", "status", "dateLastModified")


def moment(day: str) -> str:
    """SQL: the instant at which a day begins in China."""
    return f"(({day})::timestamp AT TIME ZONE 'Asia/Shanghai')"


def once_past(day: str) -> str:
    """SQL: the instant at which a day begins in China, or NULL while it is still to come."""
    return f"CASE WHEN {day} <= %(today)s THEN {moment(day)} END"
