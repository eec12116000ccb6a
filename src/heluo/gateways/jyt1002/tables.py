"""The subclasses of JY/T 1002-2012 that we tell, and their fields. The fields are data: `data/fields.csv`.

Codes, names, lengths and what is required were read from data definitions that others generated from the standard, not
from its text; the standard's text decides. `required` is `link` for a column of our own that ties a record to its
school or person, which the standard leaves to the system that exchanges; `unknown` for a field of the extension for
primary and secondary schools, of which we know code and name only.
"""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from heluo.kernel.codes.public import rows_of

FIELDS_FILE = Path(__file__).parent / "data" / "fields.csv"
SUBCLASSES = {
    "JCXX0101": "学校基本数据",
    "JCXX02": "班级数据",
    "JCTB0201": "人员基本数据（教职工）",
    "JCXS0101": "学生基本数据",
    "JCXS0110": "学生来源数据",
    "JCXS0201": "学籍基本数据",
    "JCXS0202": "学籍异动数据",
}
NOT_TOLD = {
    "JCXX0102": "校区基本数据",
    "JCXS0203": "成绩数据",
    "JCXS0204": "奖励数据",
    "JCXS0205": "惩处数据",
}
"""Subclasses of which the platform holds nothing."""
LINK, UNKNOWN = "link", "unknown"


@dataclass(frozen=True, slots=True)
class Field:
    """One column of a subclass."""

    code: str
    number: str
    """编号 of the data element; empty for a column of our own."""
    name: str
    length: int | None
    """Characters at most; None for a text of any length."""
    required: str
    """`yes`, `no` or `link`; `unknown` for an extension whose number, length and weight we have not read."""
    codes: str
    """The code set or standard its values come from."""
    filled: str
    """From what of ours it is filled; empty where we hold nothing of the kind."""

    @property
    def is_needed(self) -> bool:
        """Whether a record without it is incomplete."""
        return self.required in {"yes", LINK}


@cache
def fields_of(subclass: str) -> tuple[Field, ...]:
    """The columns of a subclass, in the order of the standard, links first."""
    return _fields()[subclass]


@cache
def _fields() -> dict[str, tuple[Field, ...]]:
    found: dict[str, list[Field]] = {subclass: [] for subclass in SUBCLASSES}
    for row in rows_of(FIELDS_FILE):
        subclass, length = row.pop("subclass"), row.pop("length")
        found[subclass].append(Field(length=int(length) if length else None, **row))
    return {subclass: tuple(fields) for subclass, fields in found.items()}
