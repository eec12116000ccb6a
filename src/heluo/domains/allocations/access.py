"""Who may allocate to other nodes, and who sees what was allocated to this one.

An order speaks for the whole platform, so it stands at the organisation that runs the node (`NODE_ORGANISATION`, else
the root of the management tree), and only who holds the permission there may write one. One that came is for the whole
platform as well, and every bureau on it may see it.
"""

from enum import StrEnum


class Permission(StrEnum):
    ISSUE = "allocations.issue"
    """Order resources to other nodes, and cancel orders."""
    OVERSEE = "allocations.oversee"
    """See the orders that this node received, and what became of them."""
    USE = "allocations.use"
    """See which resources the node above recommends or requires."""
