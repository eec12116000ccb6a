"""What a request asks of a collection: how many from where, in which order, which ones, which fields."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import ClassVar

from django.utils.dateparse import parse_date, parse_datetime

from heluo.gateways.oneroster.errors import BadFilter, BadNumber, BadSelection
from heluo.gateways.oneroster.grammar import Comparison, Filter, NotAFilter, Predicate, parse_filter
from heluo.gateways.oneroster.tables import Field, Kind, Table
from heluo.kernel.clock.public import SHANGHAI

DEFAULT_LIMIT = 100
LARGEST_LIMIT = 10_000
"""More are cut to this many; the link to the next ones is in the answer."""
LARGEST_OFFSET = 2**31 - 1
CHANGED = "dateLastModified"
LATER = (Predicate.GREATER, Predicate.AT_LEAST)


@dataclass(frozen=True, slots=True)
class Selection:
    """The parameters of a collection, read and checked against its table."""

    limit: int = DEFAULT_LIMIT
    offset: int = 0
    after: str | None = None
    """The id behind which to go on: carried by our own links, so that a reader who follows them skips nothing."""
    sort: Field | None = None
    descending: bool = False
    filter: Filter | None = None
    fields: tuple[str, ...] = ()
    """Names to give; empty gives all."""
    values: Mapping[str, object] = field(default_factory=dict)
    condition: str = ""

    @property
    def follows_changes(self) -> bool:
        """Whether it asks for what has changed since."""
        return self.filter is not None and any(
            one.field == CHANGED and one.predicate in LATER for one in self.filter.comparisons
        )


def read_selection(asked: Mapping[str, str], table: Table) -> Selection:
    """Read the query of a request. Raises `BadNumber`, `BadFilter`, `BadSelection`.

    A sort by a field that is not there, or not sortable, changes nothing, as the standard has it.
    """
    chosen = asked.get("filter", "").strip()
    parsed = _parsed(chosen) if chosen else None
    condition, values = _condition(parsed, table) if parsed else ("", {})
    sort = table.fields.get(asked.get("sort", ""))
    return Selection(
        limit=min(_number(asked, "limit", least=1, default=DEFAULT_LIMIT), LARGEST_LIMIT),
        offset=_number(asked, "offset", least=0, default=0),
        after=asked.get("after") if sort is None else None,
        sort=sort if sort is not None and sort.kind != Kind.LIST else None,
        descending=asked.get("orderBy", "").lower() == "desc",
        filter=parsed,
        fields=read_fields(asked, table),
        values=values,
        condition=condition,
    )


def read_fields(asked: Mapping[str, str], table: Table) -> tuple[str, ...]:
    """The top-level names of `fields`, comma-separated. Raises `BadSelection` for one that is not there."""
    names = [name.strip() for name in asked.get("fields", "").split(",")]
    if names == [""]:
        return ()
    for name in names:
        if name not in table.names:
            raise BadSelection(name=name or "''")
    return tuple(names)


def _number(asked: Mapping[str, str], name: str, *, least: int, default: int) -> int:
    text = asked.get(name)
    if text is None:
        return default
    if not (text.isascii() and text.isdigit() and len(text) <= 10 and least <= int(text) <= LARGEST_OFFSET):
        raise BadNumber(name=name, least=least, most=LARGEST_OFFSET)
    return int(text)


def _parsed(text: str) -> Filter:
    try:
        return parse_filter(text)
    except NotAFilter as error:
        raise BadFilter(reason=str(error)) from error


def _condition(parsed: Filter, table: Table) -> tuple[str, dict[str, object]]:
    """SQL over the columns of the table, and its values."""
    parts: list[str] = []
    values: dict[str, object] = {}
    for number, one in enumerate(parsed.comparisons):
        known = table.fields.get(one.field)
        if known is None:
            raise BadFilter(reason=f"there is no field {one.field} to filter by")
        name = f"filter_{number}"
        parts.append(_Comparing(known, one, name).condition)
        values[name] = _value(known, one)
    return f" {parsed.junction} ".join(parts), values


@dataclass(frozen=True, slots=True)
class _Comparing:
    known: Field
    one: Comparison
    name: str
    plain: ClassVar[dict[Predicate, str]] = {
        Predicate.EQUAL: "=",
        Predicate.UNEQUAL: "IS DISTINCT FROM",
        Predicate.GREATER: ">",
        Predicate.AT_LEAST: ">=",
        Predicate.LESS: "<",
        Predicate.AT_MOST: "<=",
    }

    @property
    def condition(self) -> str:
        column, place = self.known.column, f"%({self.name})s"
        if self.known.kind == Kind.LIST:
            return self._of_list(column, place)
        if self.one.predicate == Predicate.CONTAINS:
            return f"strpos(lower(({column})::text), lower({place})) > 0"
        if self.known.kind == Kind.TEXT:
            column, place = f'({column}) COLLATE "C"', f"{place}::text"
        return f"{column} {self.plain[self.one.predicate]} {place}"

    def _of_list(self, column: str, place: str) -> str:
        """A list equals what has the same members in any order, and contains what it shares a member with."""
        same = f"(({column})::text[] @> {place}::text[] AND ({column})::text[] <@ {place}::text[])"
        if self.one.predicate == Predicate.EQUAL:
            return same
        if self.one.predicate == Predicate.UNEQUAL:
            return f"NOT {same}"
        if self.one.predicate == Predicate.CONTAINS:
            return f"(({column})::text[] && {place}::text[])"
        raise BadFilter(reason=f"{self.one.field} is a list: only =, != and ~ apply")


def _value(known: Field, one: Comparison) -> object:
    if "\0" in one.value:
        raise BadFilter(reason="a value cannot hold NUL")
    if known.kind == Kind.LIST:
        return [part.strip() for part in one.value.split(",")]
    if known.kind == Kind.TEXT or one.predicate == Predicate.CONTAINS:
        return one.value
    try:
        return _day(one.value) if known.kind == Kind.DAY else _instant(one.value)
    except (ValueError, OverflowError):
        raise BadFilter(reason=f"{one.field} is compared with a date") from None


def _day(text: str) -> date:
    day = parse_date(text[:10])
    if day is None:
        raise ValueError(text)
    return day


def _instant(text: str) -> datetime:
    """An instant as written; a day alone begins at its midnight in China, and so does a time without a zone."""
    at = parse_datetime(text.strip().replace(" ", "+"))
    if at is None:
        day = parse_date(text)
        if day is None:
            raise ValueError(text)
        at = datetime(day.year, day.month, day.day, tzinfo=SHANGHAI)
    if at.tzinfo is None:
        at = at.replace(tzinfo=SHANGHAI)
    if not 1 < at.year < 9999:
        raise ValueError(text)
    return at
