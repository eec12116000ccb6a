"""Now, school years and terms."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.translation import gettext as _

SHANGHAI = ZoneInfo("Asia/Shanghai")
SCHOOL_YEAR_STARTS_IN_MONTH = 9
SECOND_TERM_STARTS_IN_MONTH = 2
WEEKEND = 5
"""First weekday (Monday is 0) that is not a working day, unless the calendar says otherwise."""
LONGEST_HOLIDAYS = 60
"""Days of holidays that a period of working days may span beside its weekends."""


def now() -> datetime:
    """The present instant in UTC. Pages, jobs and commands ask here and pass it on; actions never ask."""
    return timezone.now()


def local_day(at: datetime) -> date:
    """The calendar day in China on which an instant falls."""
    return at.astimezone(SHANGHAI).date()


def end_of_day(day: date) -> datetime:
    """The instant at which a day in China is over."""
    return datetime.combine(day + timedelta(days=1), time(), SHANGHAI).astimezone(UTC)


def working_day_after(day: date, working_days: int) -> date:
    """The day on which so many working days after a day are over."""
    return _counted(day, working_days, timedelta(days=1))


def working_day_before(day: date, working_days: int) -> date:
    """The working day that lies so many working days before a day."""
    return _counted(day, working_days, timedelta(days=-1))


def working_days_since(days: Collection[date], until: date) -> dict[date, int]:
    """How many working days lie after each day, up to and with another; none where it is not later. One statement."""
    from heluo.kernel.clock.models import CalendarDay  # noqa: PLC0415  # likewise

    earlier = [day for day in days if day < until]
    if not earlier:
        return dict.fromkeys(days, 0)
    first = min(earlier)
    different = dict(CalendarDay.objects.filter(day__range=(first, until)).values_list("day", "is_working"))
    passed, day, counted = {until: 0}, until, 0
    while day > first:
        counted += different.get(day, day.weekday() < WEEKEND)
        day -= timedelta(days=1)
        passed[day] = counted
    return {day: passed.get(day, 0) for day in days}


def _counted(day: date, working_days: int, step: timedelta) -> date:
    """Saturdays and Sundays do not count, nor do holidays; days that are worked instead do. One statement."""
    from heluo.kernel.clock.models import CalendarDay  # noqa: PLC0415  # the time is asked before there are models

    reach = step * (working_days * 2 + LONGEST_HOLIDAYS)
    first, last = sorted((day, day + reach))
    different = dict(CalendarDay.objects.filter(day__range=(first, last)).values_list("day", "is_working"))
    left = working_days
    while left:
        day += step
        left -= different.get(day, day.weekday() < WEEKEND)
    return day


@dataclass(frozen=True, slots=True, order=True)
class SchoolYear:
    """学年, named by the year it starts in."""

    starts: int

    @classmethod
    def on(cls, day: date) -> "SchoolYear":
        return cls(day.year if day.month >= SCHOOL_YEAR_STARTS_IN_MONTH else day.year - 1)

    def __str__(self) -> str:
        """`YYYY-YYYY`, the layout of JY/T 1002."""
        return f"{self.starts}-{self.starts + 1}"

    @property
    def first_day(self) -> date:
        return date(self.starts, SCHOOL_YEAR_STARTS_IN_MONTH, 1)


@dataclass(frozen=True, slots=True, order=True)
class Term:
    """学期: the first or the second of a school year."""

    year: SchoolYear
    number: int

    @classmethod
    def on(cls, day: date) -> "Term":
        second = SECOND_TERM_STARTS_IN_MONTH <= day.month < SCHOOL_YEAR_STARTS_IN_MONTH
        return cls(SchoolYear.on(day), 2 if second else 1)

    def __str__(self) -> str:
        return f"{self.year}-{self.number}"

    @property
    def label(self) -> str:
        template = _("{year} 学年第一学期") if self.number == 1 else _("{year} 学年第二学期")
        return template.format(year=self.year)
