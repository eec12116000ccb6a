"""Who may do what with the textbook tree: everybody reads it, the province keeps it."""

from enum import StrEnum


class Permission(StrEnum):
    KEEP = "textbooks.keep"
    """Import and export the tree. It belongs to the whole node, so the province administrator holds it."""
