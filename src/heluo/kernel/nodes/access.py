"""Who may decide which nodes belong together: operators, and whoever has the machine."""

from enum import StrEnum


class Permission(StrEnum):
    """What roles may be granted here."""

    MANAGE = "nodes.manage"
    """See the other nodes, let one in or refuse it, end it, revoke its keys, try its messages again."""
