"""Who may have contents of other platforms brought here."""

from enum import StrEnum


class Permission(StrEnum):
    FETCH = "transfers.fetch"
    """It takes room on the disk and time on the line, so it is for officers and for what they order."""
