"""Who may erase."""

from enum import StrEnum


class Permission(StrEnum):
    ERASE = "holdings.erase"
    """Run erasers. No role has it: whoever decided a request acts with it for that moment."""
