"""Who may hand out the register, and which scope opens which endpoint."""

from enum import StrEnum


class Permission(StrEnum):
    """What roles may be granted here."""

    CONNECT = "oneroster.connect"
    """Let a program read the register below an organisation, or stop it."""
    EXPORT = "oneroster.export"
    """Take the register of an organisation away as a bulk file."""
