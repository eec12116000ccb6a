"""What the portal and other domains call."""

from heluo.domains.resources.queries import KIND, reason_titles

__all__ = ["KIND", "reason_titles"]
