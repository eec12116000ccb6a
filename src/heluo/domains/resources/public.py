"""What the portal and other domains call."""

from heluo.domains.resources.queries import KIND

__all__ = ["KIND"]
