"""For each kind of identifier: how it is read, and how much of it anybody sees."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from heluo.kernel.codes.public import parse_personal_code, parse_resident_id
from heluo.kernel.people.enums import IdentifierKind
from heluo.kernel.people.errors import WrongPhone

COVER = "*"


@dataclass(frozen=True, slots=True)
class ReadIdentifier:
    """A value in its one spelling, with the birthday and the sex it tells, if it tells them."""

    value: str
    born_on: date | None = None
    sex: str = ""


@dataclass(frozen=True, slots=True)
class IdentifierRule:
    """`shown_first` and `shown_last` characters stay when the value is masked."""

    read: Callable[[str, date], ReadIdentifier]
    shown_first: int
    shown_last: int

    def mask(self, value: str) -> str:
        covered = len(value) - self.shown_first - self.shown_last
        return value[: self.shown_first] + COVER * covered + value[len(value) - self.shown_last :]


def _resident(text: str, today: date) -> ReadIdentifier:
    read = parse_resident_id(text, today=today)
    return ReadIdentifier(read.value, read.born_on, read.sex)


def _student(text: str, today: date) -> ReadIdentifier:
    read = parse_personal_code(text, today=today)
    return ReadIdentifier(read.value, read.born_on)


def _phone(text: str, _today: date) -> ReadIdentifier:
    value = re.sub(r"[\s-]", "", text).removeprefix("+86")
    if not re.fullmatch(r"1\d{10}", value, re.ASCII):
        raise WrongPhone
    return ReadIdentifier(value)


RULES: dict[IdentifierKind, IdentifierRule] = {
    IdentifierKind.RESIDENT_ID: IdentifierRule(_resident, 2, 2),
    IdentifierKind.STUDENT_NUMBER: IdentifierRule(_student, 3, 2),
    IdentifierKind.PHONE: IdentifierRule(_phone, 3, 4),
}
"""A student number holds the resident number, so it shows no more of it than that does: province and last two."""
