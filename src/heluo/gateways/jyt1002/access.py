"""Who may take the register away in the layout of the standard."""

from enum import StrEnum


class Permission(StrEnum):
    EXPORT = "jyt1002.export"
    """Order the package of an organisation and everything below it; numbers in clear need `people.reveal` besides."""
