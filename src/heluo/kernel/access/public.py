"""What the rest of the house calls: `from heluo.kernel.access.public import issue_token`."""

from heluo.kernel.access.access import Permission
from heluo.kernel.access.actions import (
    NewOfficer,
    NewToken,
    Reset,
    create_officer,
    issue_token,
    reset_sign_in,
    revoke_token,
)
from heluo.kernel.access.middleware import address_of
from heluo.kernel.access.resolution import actor_for

__all__ = [
    "NewOfficer",
    "NewToken",
    "Permission",
    "Reset",
    "actor_for",
    "address_of",
    "create_officer",
    "issue_token",
    "reset_sign_in",
    "revoke_token",
]
