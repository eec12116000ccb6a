"""The filter language of OneRoster 1.2, REST binding 2.3.3: one comparison, or two joined by one AND or OR.

    familyName='王'        dateLastModified>'2026-09-01'        role='teacher' AND status='active'

Predicates are `=`, `!=`, `>`, `>=`, `<`, `<=` and `~` (contains). A value stands in single quotes; a quote inside is
written twice. A field inside another is named with a dot (`school.sourcedId`).
"""

import re
from dataclasses import dataclass
from enum import StrEnum

LONGEST = 2000
"""Characters of a filter that are read at all."""


class Predicate(StrEnum):
    EQUAL = "="
    UNEQUAL = "!="
    GREATER = ">"
    AT_LEAST = ">="
    LESS = "<"
    AT_MOST = "<="
    CONTAINS = "~"


class Junction(StrEnum):
    AND = "AND"
    OR = "OR"


@dataclass(frozen=True, slots=True)
class Comparison:
    """One field, how it is compared, and with what."""

    field: str
    predicate: Predicate
    value: str

    def __str__(self) -> str:
        doubled = self.value.replace("'", "''")
        return f"{self.field}{self.predicate}'{doubled}'"


@dataclass(frozen=True, slots=True)
class Filter:
    """One or two comparisons."""

    comparisons: tuple[Comparison, ...]
    junction: Junction = Junction.AND

    def __str__(self) -> str:
        return f" {self.junction} ".join(str(one) for one in self.comparisons)


class NotAFilter(ValueError):
    """The text does not follow the grammar; the argument says where it stops doing so."""


_COMPARISON = re.compile(
    r"\s*(?P<field>[A-Za-z][A-Za-z0-9_]*(?:\.[A-Za-z][A-Za-z0-9_]*)*)"
    r"\s*(?P<predicate>!=|>=|<=|=|>|<|~)"
    r"\s*'(?P<value>(?:[^']|'')*)'\s*"
)
_JUNCTION = re.compile(r"(?P<junction>AND|OR)\b", re.IGNORECASE)


def parse_filter(text: str) -> Filter:
    """Read a filter. Raises `NotAFilter`."""
    if len(text) > LONGEST:
        raise NotAFilter(f"longer than {LONGEST} characters")
    first, rest = _comparison(text, 0)
    if rest == len(text):
        return Filter((first,))
    junction = _JUNCTION.match(text, rest)
    if junction is None:
        raise NotAFilter(f"AND or OR expected at character {rest + 1}")
    second, end = _comparison(text, junction.end())
    if end != len(text):
        raise NotAFilter("only one AND or OR is allowed")
    return Filter((first, second), Junction(junction["junction"].upper()))


def _comparison(text: str, start: int) -> tuple[Comparison, int]:
    found = _COMPARISON.match(text, start)
    if found is None:
        raise NotAFilter(f"field, predicate and 'value' expected at character {start + 1}")
    value = found["value"].replace("''", "'")
    return Comparison(found["field"], Predicate(found["predicate"]), value), found.end()
