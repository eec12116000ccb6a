"""Who may do what with credentials. Everybody may verify what they were given, and read who issues here."""

from enum import StrEnum


class Permission(StrEnum):
    ROTATE = "credentials.rotate"
    """Sign with a new key, and say that the one before is in other hands."""
