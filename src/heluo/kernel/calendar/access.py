"""Who may keep the calendar. There is one for the whole platform."""

from enum import StrEnum


class Permission(StrEnum):
    KEEP = "calendar.keep"
    """Enter holidays and make-up days, and see who entered what."""
