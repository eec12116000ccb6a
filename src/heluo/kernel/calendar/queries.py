"""A year as it stands."""

import calendar
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from heluo.kernel.audit.models import AuditRow
from heluo.kernel.audit.public import rows_about
from heluo.kernel.calendar.enums import DayKind
from heluo.kernel.calendar.tables import SpecialDay
from heluo.kernel.clock.models import CalendarDay
from heluo.kernel.clock.public import WEEKEND

FIRST_YEAR, LAST_YEAR = 2000, 2099
YEAR = "calendar_year"
DEEDS = ("calendar.year_entered", "calendar.day_changed")
SHOWN_CHANGES = 20


@dataclass(frozen=True, slots=True)
class ShownDay:
    """A day of a month; `special` where it is not what its weekday says."""

    day: date
    is_working: bool
    special: SpecialDay | None


@dataclass(frozen=True, slots=True)
class Month:
    """A month by weeks from Monday, None where a day belongs to another month."""

    first: date
    weeks: list[list[ShownDay | None]]
    specials: list[SpecialDay]


@dataclass(frozen=True, slots=True)
class Year:
    """A year at a glance."""

    number: int
    specials: list[SpecialDay]
    sources: list[str]

    @property
    def is_entered(self) -> bool:
        return bool(self.specials)

    @property
    def fingerprint(self) -> str:
        """Says whether the year is still the one somebody saw."""
        return fingerprint_of(self.specials)

    def months(self) -> list[Month]:
        special = {one.day: one for one in self.specials}
        return [self._month(number, special) for number in range(1, 13)]

    def _month(self, number: int, special: dict[date, SpecialDay]) -> Month:
        weeks = [
            [_shown(day, special.get(day)) if day.month == number else None for day in week]
            for week in calendar.Calendar().monthdatescalendar(self.number, number)
        ]
        return Month(date(self.number, number, 1), weeks, [one for one in self.specials if one.day.month == number])


def year_of(number: int) -> Year:
    """What was entered for a year; one query."""
    rows = CalendarDay.objects.filter(day__year=number).order_by("day")
    return Year(number, [special_of(row) for row in rows], list(dict.fromkeys(row.source for row in rows)))


def special_of(row: CalendarDay) -> SpecialDay:
    return SpecialDay(row.day, DayKind.WORKED if row.is_working else DayKind.HOLIDAY, row.name)


def fingerprint_of(days: Iterable[SpecialDay]) -> str:
    text = "\n".join(f"{one.day} {one.kind.value} {one.name}" for one in days)
    return hashlib.sha256(text.encode()).hexdigest()


def works_by_weekday(day: date) -> bool:
    return day.weekday() < WEEKEND


def changes_of(year: int) -> list[AuditRow]:
    """Who changed a year, when and why, the newest first. The caller may keep the calendar."""
    return list(rows_about(YEAR, str(year), DEEDS)[:SHOWN_CHANGES])


def _shown(day: date, special: SpecialDay | None) -> ShownDay:
    return ShownDay(day, special.kind == DayKind.WORKED if special else works_by_weekday(day), special)
