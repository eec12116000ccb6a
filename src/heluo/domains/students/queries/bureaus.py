"""Which bureau a school answers to, and working days."""

from datetime import date, timedelta

from heluo.kernel.organisations.enums import OrganisationKind
from heluo.kernel.organisations.models import Organisation

WEEKEND = 5
"""First weekday (Monday is 0) that is not a working day. Holidays come with the calendar of the process engine."""


def bureau_above(school: Organisation) -> Organisation:
    """The nearest bureau above a school or a teaching point."""
    keys = [int(step) for step in school.path.split(".") if step]
    return Organisation.objects.filter(pk__in=keys, kind=OrganisationKind.BUREAU).order_by("-path").first() or school


def working_day_after(day: date, working_days: int) -> date:
    """The day on which so many working days after a day are over. Saturdays and Sundays do not count."""
    left = working_days
    while left:
        day += timedelta(days=1)
        left -= day.weekday() < WEEKEND
    return day
