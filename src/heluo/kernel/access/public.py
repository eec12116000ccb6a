"""What the rest of the house calls: `from heluo.kernel.access.public import issue_token`."""

from heluo.kernel.access.actions import NewToken, issue_token, revoke_token
from heluo.kernel.access.middleware import address_of
from heluo.kernel.access.resolution import actor_for

__all__ = ["NewToken", "actor_for", "address_of", "issue_token", "revoke_token"]
