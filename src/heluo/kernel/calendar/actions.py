"""Keeping the calendar: one day, or a whole year at once."""

from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime

from django.db import connection, transaction

from heluo.kernel.actors.public import WHOLE_TREE, Actor, require
from heluo.kernel.audit.public import Difference, Subject, record, record_batch
from heluo.kernel.calendar.access import Permission
from heluo.kernel.calendar.enums import DayKind
from heluo.kernel.calendar.errors import (
    ChangedMeanwhile,
    DayChangesNothing,
    NameNeeded,
    SourceNeeded,
    TooManyHolidays,
    YearOutOfReach,
)
from heluo.kernel.calendar.events import CalendarChanged
from heluo.kernel.calendar.queries import FIRST_YEAR, LAST_YEAR, special_of, works_by_weekday, year_of
from heluo.kernel.calendar.tables import SpecialDay
from heluo.kernel.clock.models import LONGEST_DAY_NAME, CalendarDay
from heluo.kernel.clock.public import LONGEST_HOLIDAYS
from heluo.kernel.events.public import announce

MOST_HOLIDAYS = LONGEST_HOLIDAYS // 2
"""Weekdays of one year that may be holidays: any period of a year then has no more than the clock looks for."""
Days = Mapping[date, SpecialDay]


@transaction.atomic
def change_day(
    *, by: Actor, day: date, kind: DayKind | None, name: str = "", source: str, now: datetime
) -> SpecialDay | None:
    """Make a day a holiday, a make-up day, or (`kind` None) what its weekday says, and say why."""
    require(by, Permission.KEEP)
    name, source = name.strip()[:LONGEST_DAY_NAME], source.strip()
    _require_source(source)
    _require_reach(day.year)
    if kind is not None and not name:
        raise NameNeeded(field="name")
    _lock()
    row = CalendarDay.objects.filter(day=day).first()
    before = special_of(row) if row else None
    after = SpecialDay(day, kind, name) if kind else None
    if before == after or (kind == DayKind.WORKED and works_by_weekday(day)):
        raise DayChangesNothing(field="day", day=day.isoformat())
    others = {one.day: one for one in year_of(day.year).specials if one.day != day}
    _require_few_holidays(day.year, [*others.values(), *([after] if after else [])])
    CalendarDay.objects.filter(day=day).delete()
    if after is not None:
        _store([after], source)
    record(
        by=by,
        at=now,
        deed="calendar.day_changed",
        subject=_subject(day.year),
        details={"day": day, "before": _words(before), "after": _words(after), "reason": source},
    )
    announce(CalendarChanged(first=day, last=day), by=by, at=now)
    return after


@transaction.atomic
def enter_year(
    *, by: Actor, year: int, days: Collection[SpecialDay], source: str, seen: str, now: datetime
) -> tuple[date, ...]:
    """Make a year what a table says and nothing else; gives the days that changed.

    `seen` is the fingerprint of the year that whoever enters it compared the table with.
    """
    require(by, Permission.KEEP)
    source = source.strip()
    _require_source(source)
    _require_reach(year)
    _require_few_holidays(year, days)
    _lock()
    stood = year_of(year)
    if stood.fingerprint != seen:
        raise ChangedMeanwhile(year=year)
    before, after = {one.day: one for one in stood.specials}, {one.day: one for one in days}
    changed = changed_days(before, after)
    if not changed:
        raise DayChangesNothing(field="file", day=year)
    CalendarDay.objects.filter(day__in=changed).delete()
    _store([after[day] for day in changed if day in after], source)
    record_batch(
        by=by,
        at=now,
        deed="calendar.year_entered",
        subject=_subject(year),
        differences=[
            Difference(day.isoformat(), {"day": day, **_words(before.get(day))}, {"day": day, **_words(after.get(day))})
            for day in changed
        ],
        details={"count": len(changed), "reason": source},
    )
    announce(CalendarChanged(first=changed[0], last=changed[-1]), by=by, at=now)
    return changed


def changed_days(before: Days, after: Days) -> tuple[date, ...]:
    """The days that two states of a year say differently, in order."""
    return tuple(sorted(day for day in before.keys() | after.keys() if before.get(day) != after.get(day)))


def _store(days: Iterable[SpecialDay], source: str) -> None:
    CalendarDay.objects.bulk_create(
        CalendarDay(day=one.day, is_working=one.kind == DayKind.WORKED, name=one.name, source=source) for one in days
    )


def _lock() -> None:
    """One change at a time; readers go on."""
    with connection.cursor() as cursor:
        cursor.execute(f"LOCK TABLE {CalendarDay._meta.db_table} IN SHARE ROW EXCLUSIVE MODE")  # noqa: SLF001  # documented API


def _require_source(source: str) -> None:
    if not source:
        raise SourceNeeded(field="source")


def _require_reach(year: int) -> None:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise YearOutOfReach(field="day", first=FIRST_YEAR, last=LAST_YEAR)


def _require_few_holidays(year: int, days: Iterable[SpecialDay]) -> None:
    count = sum(one.kind == DayKind.HOLIDAY and works_by_weekday(one.day) for one in days)
    if count > MOST_HOLIDAYS:
        raise TooManyHolidays(year=year, count=count, most=MOST_HOLIDAYS)


def _subject(year: int) -> Subject:
    return Subject(kind="calendar_year", id=str(year), title=str(year), path=WHOLE_TREE)


def _words(special: SpecialDay | None) -> dict[str, object]:
    return {"day_kind": special.kind.value, "name": special.name} if special else {}
