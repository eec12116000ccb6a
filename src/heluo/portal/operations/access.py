"""Who may see how the platform runs, and who may repair it."""

from enum import StrEnum


class Permission(StrEnum):
    VIEW = "operations.view"
    """See workers, jobs and sizes. Nothing in them names a person."""
    ACT = "operations.act"
    """Retry and cancel jobs."""
