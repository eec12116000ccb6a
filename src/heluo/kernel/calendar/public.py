"""What the rest of the house calls."""

from heluo.kernel.calendar.access import Permission
from heluo.kernel.calendar.actions import change_day, enter_year
from heluo.kernel.calendar.queries import Year, year_of
from heluo.kernel.calendar.tables import SpecialDay

__all__ = ["Permission", "SpecialDay", "Year", "change_day", "enter_year", "year_of"]
