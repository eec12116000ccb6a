"""The working days of a year for programs, and keeping them."""

from datetime import date
from typing import Annotated

from ninja import Field, Path, Router, Schema

from heluo.kernel.actors.enums import Audience
from heluo.kernel.calendar.access import Permission
from heluo.kernel.calendar.actions import change_day, enter_year
from heluo.kernel.calendar.enums import DayKind
from heluo.kernel.calendar.errors import TableInvalid
from heluo.kernel.calendar.forms import LARGEST, LONGEST_SOURCE
from heluo.kernel.calendar.queries import FIRST_YEAR, LAST_YEAR, Year, year_of
from heluo.kernel.calendar.tables import SpecialDay, read_year
from heluo.kernel.clock.models import LONGEST_DAY_NAME
from heluo.kernel.clock.public import now
from heluo.kernel.pages.rules import PageRequest, operation

router = Router()
Number = Annotated[int, Path(ge=FIRST_YEAR, le=LAST_YEAR)]
Source = Annotated[str, Field(max_length=LONGEST_SOURCE)]


class SpecialDayOut(Schema):
    """A day that is not what its weekday says."""

    day: date
    kind: DayKind
    name: str

    @classmethod
    def of(cls, special: SpecialDay) -> "SpecialDayOut":
        return cls(day=special.day, kind=special.kind, name=special.name)


class YearOut(Schema):
    """A year. Where `is_entered` is false nobody has entered it, and Monday to Friday are the working days."""

    year: int
    is_entered: bool
    fingerprint: str
    days: list[SpecialDayOut]

    @classmethod
    def of(cls, year: Year) -> "YearOut":
        days = [SpecialDayOut.of(one) for one in year.specials]
        return cls(year=year.number, is_entered=year.is_entered, fingerprint=year.fingerprint, days=days)


class DayIn(Schema):
    """`kind` null: what the weekday says. `source`: the notice, or why."""

    kind: DayKind | None
    name: Annotated[str, Field(max_length=LONGEST_DAY_NAME)] = ""
    source: Source


class YearIn(Schema):
    """A whole year as the CSV text of the template. `seen`: the fingerprint of the year as it was read."""

    table: Annotated[str, Field(max_length=LARGEST)]
    source: Source
    seen: Annotated[str, Field(max_length=64)]


@router.get("/calendar/{year}", response=YearOut, summary="Days of a year that are not what their weekday says")
@operation(may=Audience.SIGNED_IN)
def read_calendar(request: PageRequest, year: Number) -> YearOut:
    return YearOut.of(year_of(year))


@router.put("/calendar/days/{day}", response=YearOut, summary="Make a day a holiday, a make-up day, or ordinary")
@operation(may=Permission.KEEP)
def put_day(request: PageRequest, day: date, given: DayIn) -> YearOut:
    change_day(by=request.actor, day=day, kind=given.kind, name=given.name, source=given.source, now=now())
    return YearOut.of(year_of(day.year))


@router.put("/calendar/{year}", response=YearOut, summary="Replace a whole year")
@operation(may=Permission.KEEP)
def put_year(request: PageRequest, year: Number, given: YearIn) -> YearOut:
    read = read_year(given.table, year)
    if read.problems:
        first = read.problems[0]
        raise TableInvalid(
            field="table", count=len(read.problems), row=first.row, column=first.column, problem=first.message
        )
    enter_year(by=request.actor, year=year, days=read.days, source=given.source, seen=given.seen, now=now())
    return YearOut.of(year_of(year))
