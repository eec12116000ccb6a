"""Who writes the news of a virtual platform."""

from enum import StrEnum


class Permission(StrEnum):
    KEEP = "news.keep"
    """Write, publish and withdraw the news of the virtual platform of one's own organisation, or of one below."""
