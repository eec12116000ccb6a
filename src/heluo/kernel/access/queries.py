"""What one's account page shows."""

from dataclasses import dataclass
from datetime import datetime

from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.db.models import Count, Q

from heluo.kernel.access.models import AccessToken
from heluo.kernel.people.models import Account

SHOWN = 100


@dataclass(frozen=True, slots=True)
class SignInFacts:
    """How an account signs in: numbers of each way, and where it is signed in now."""

    has_authenticator_app: bool
    passkeys: int
    sessions: int
    tokens: int
    linked: int

    @property
    def has_second_factor(self) -> bool:
        return self.has_authenticator_app or self.passkeys > 0


def sign_in_facts(account: Account, *, at: datetime) -> SignInFacts:
    """Counted in four queries, whatever there is. Sessions are those not yet signed out, expired ones included."""
    factors = Authenticator.objects.filter(user=account).aggregate(
        apps=Count("pk", filter=Q(type=Authenticator.Type.TOTP)),
        passkeys=Count("pk", filter=Q(type=Authenticator.Type.WEBAUTHN)),
    )
    return SignInFacts(
        has_authenticator_app=factors["apps"] > 0,
        passkeys=factors["passkeys"],
        sessions=UserSession.objects.filter(user=account).count(),
        tokens=AccessToken.objects.in_force(at).filter(account=account).count(),
        linked=SocialAccount.objects.filter(user=account).count(),
    )


def tokens_of(account: Account, *, at: datetime) -> list[AccessToken]:
    """The tokens of an account that are still in force, newest first."""
    return list(AccessToken.objects.in_force(at).filter(account=account).order_by("-created_at", "-pk")[:SHOWN])
