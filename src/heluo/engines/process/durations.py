"""ISO 8601 durations (`P7D`, `PT48H`, `P1M`) as standard modelers write them into timers."""

import re
from datetime import datetime, timedelta

from heluo.engines.process.errors import NotADuration
from heluo.kernel.clock.public import SHANGHAI

LONGEST = timedelta(days=3660)
DURATION = re.compile(
    r"P(?:(?P<weeks>\d{1,3})W|(?=\d|T\d)(?:(?P<years>\d{1,2})Y)?(?:(?P<months>\d{1,2})M)?(?:(?P<days>\d{1,4})D)?"
    r"(?:T(?=\d)(?:(?P<hours>\d{1,4})H)?(?:(?P<minutes>\d{1,5})M)?(?:(?P<seconds>\d{1,6})S)?)?)"
)
MONTHS = 12


def end_of(text: str, since: datetime) -> datetime:
    """When a duration that begins at an instant is over; months end on the same day in China, or the last there is.

    Raises `NotADuration`, also for one of nothing and one of more than ten years.
    """
    found = DURATION.fullmatch(text.strip())
    parts = {name: int(value) for name, value in (found.groupdict(default="0") if found else {}).items()}
    if not any(parts.values()):
        raise NotADuration(text=text)
    months = parts.pop("years") * MONTHS + parts.pop("months")
    end = _months_later(since, months) + timedelta(**parts)
    if end - since > LONGEST:
        raise NotADuration(text=text)
    return end


def whole_days(text: str) -> int | None:
    """The days of a duration of days or weeks only, which may be counted as working days; None for any other."""
    found = re.fullmatch(r"P(\d{1,4})([DW])", text.strip())
    return int(found[1]) * (7 if found[2] == "W" else 1) if found else None


def last_moment(due_at: datetime) -> datetime:
    """When something was still in time, for people to read: what ends with a day is shown on that day, not the next."""
    local = due_at.astimezone(SHANGHAI)
    return due_at if any((local.hour, local.minute, local.second)) else due_at - timedelta(seconds=1)


def _months_later(since: datetime, months: int) -> datetime:
    local = since.astimezone(SHANGHAI)
    year, month = divmod(local.year * MONTHS + local.month - 1 + months, MONTHS)
    for day in range(local.day, 0, -1):
        try:
            return local.replace(year=year, month=month + 1, day=day).astimezone(since.tzinfo)
        except ValueError:
            continue
    raise AssertionError(months)  # every month has a first day
