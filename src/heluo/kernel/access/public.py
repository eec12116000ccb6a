"""What the rest of the house calls: `from heluo.kernel.access.public import issue_token`."""

from heluo.kernel.access.access import Permission
from heluo.kernel.access.actions import (
    NewOfficer,
    NewToken,
    Reset,
    Rotation,
    create_officer,
    issue_token,
    reset_sign_in,
    revoke_token,
    rotate_keys,
)
from heluo.kernel.access.middleware import address_of, visitor_of
from heluo.kernel.access.queries import second_factors_without_key
from heluo.kernel.access.resolution import actor_for

__all__ = [
    "NewOfficer",
    "NewToken",
    "Permission",
    "Reset",
    "Rotation",
    "actor_for",
    "address_of",
    "create_officer",
    "issue_token",
    "reset_sign_in",
    "revoke_token",
    "rotate_keys",
    "second_factors_without_key",
    "visitor_of",
]
