"""What one's account page shows."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from allauth.idp.oidc.models import Client
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.db.models import Count, F, Q, QuerySet, Value
from django.db.models.fields.json import KT
from django.db.models.functions import Coalesce, StrIndex, Substr

from heluo.kernel.access.models import SECRET_OF, AccessToken, sealed_under
from heluo.kernel.actors.errors import NotFound
from heluo.kernel.clock.public import local_day
from heluo.kernel.people.crypto import load_ring
from heluo.kernel.people.models import Account, Consent, Person
from heluo.kernel.people.public import needs_consent, newest_consent, wards_of

SHOWN = 100


@dataclass(frozen=True, slots=True)
class SignInFacts:
    """How an account signs in: numbers of each way, and where it is signed in now."""

    has_authenticator_app: bool
    passkeys: int
    sessions: int
    tokens: int
    linked: int
    has_wards: bool

    @property
    def has_second_factor(self) -> bool:
        return self.has_authenticator_app or self.passkeys > 0


def sign_in_facts(account: Account, *, at: datetime) -> SignInFacts:
    """Counted in five queries, whatever there is. Sessions are those not yet signed out, expired ones included."""
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
        has_wards=wards_of(account.person, on=local_day(at)).exists(),
    )


@dataclass(frozen=True, slots=True)
class WardDecision:
    """A child somebody answers for, whether it needs a consent at its age, and the newest decision."""

    child: Person
    relation: str
    waits: bool
    newest: Consent | None

    @property
    def is_given(self) -> bool:
        return self.newest is not None and self.newest.given


def decisions_for(guardian: Person, *, on: date) -> list[WardDecision]:
    """Every ward with its newest decision. A family has few children, so each may cost its own two queries."""
    return [
        WardDecision(
            child=ward.child,
            relation=ward.relation,
            waits=needs_consent(ward.child, on=on),
            newest=newest_consent(ward.child),
        )
        for ward in wards_of(guardian, on=on)
    ]


def decision_for(guardian: Person, child: UUID, *, on: date) -> WardDecision:
    """One ward of a guardian; somebody else's child is not there."""
    found = next((ward for ward in decisions_for(guardian, on=on) if ward.child.uuid == child), None)
    if found is None:
        raise NotFound
    return found


def tokens_of(account: Account, *, at: datetime) -> list[AccessToken]:
    """The tokens of an account that are still in force, newest first."""
    return list(AccessToken.objects.in_force(at).filter(account=account).order_by("-created_at", "-pk")[:SHOWN])


def connected_systems() -> list[Client]:
    """The systems that sign people in here, by name. A platform has tens of them, not thousands."""
    return list(Client.objects.order_by("name", "id")[:SHOWN])


def connected_system(system_id: str) -> Client:
    found = Client.objects.filter(pk=system_id).first()
    if found is None:
        raise NotFound
    return found


def second_factors() -> QuerySet[Authenticator]:
    """Every second factor with a sealed secret: authenticator apps and recovery codes."""
    found: QuerySet[Authenticator] = Authenticator.objects.filter(type__in=SECRET_OF)
    return found


def lost_keys_of_second_factors() -> frozenset[str]:
    """Keys that secrets of second factors lie under and that are not here."""
    secret = Coalesce(*(KT(f"data__{part}") for part in SECRET_OF.values()))
    needed = (
        second_factors()
        .annotate(sealed=secret)
        .annotate(key_id=Substr("sealed", 1, StrIndex(F("sealed"), Value(":")) - 1))
        .values_list("key_id", flat=True)
        .distinct()
    )
    ring = load_ring()
    return frozenset(needed) - frozenset(ring.keys if ring else ())


def second_factors_without_key() -> int:
    """How many second factors cannot be checked because their key is not here."""
    found = Q()
    for key_id in lost_keys_of_second_factors():
        found |= sealed_under(key_id)
    return second_factors().filter(found).count() if found else 0
