"""What one's account page shows."""

from datetime import datetime

from heluo.kernel.access.models import AccessToken
from heluo.kernel.people.models import Account

SHOWN = 100


def tokens_of(account: Account, *, at: datetime) -> list[AccessToken]:
    """The tokens of an account that are still in force, newest first."""
    return list(AccessToken.objects.in_force(at).filter(account=account).order_by("-created_at", "-pk")[:SHOWN])
