"""What ends with a sign-in: sessions, and what other systems were given during them."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from allauth.idp.oidc.models import Token
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import Exists, OuterRef

from heluo.kernel.access.access import require_own
from heluo.kernel.access.actions.subjects import subject_of
from heluo.kernel.actors.public import Actor
from heluo.kernel.audit.public import record
from heluo.kernel.people.models import Account

ROWS_AT_ONCE = 5000


@transaction.atomic
def end_sessions(*, by: Actor, account: Account, keys: Collection[str], now: datetime) -> int:
    """Sign one's own account out on other devices, and end what other systems hold of it. How many sessions ended.

    Refusal: NotFound.
    """
    require_own(by, account)
    ended = _end(account, keys)
    end_tokens_of_systems(people=[account.person.uuid])
    if ended:
        record(by=by, at=now, deed="access.sessions_ended", subject=subject_of(account), details={"sessions": ended})
    return ended


def end_every_session(account: Account) -> int:
    """Sign an account out everywhere; how many sessions ended."""
    return _end(account, list(UserSession.objects.filter(user=account).values_list("session_key", flat=True)))


def _end(account: Account, keys: Collection[str]) -> int:
    UserSession.objects.filter(user=account, session_key__in=keys).delete()
    return Session.objects.filter(session_key__in=keys).delete()[0]


def end_tokens_of_systems(*, people: Collection[UUID]) -> int:
    """Take back what other systems may ask about some people until they sign in there again; how many tokens.

    The tokens of all systems and devices: which session a token was given in is not known.
    """
    accounts = Account.objects.filter(person__uuid__in=people)
    ended: int = Token.objects.filter(user__in=accounts.values("pk")).delete()[0]
    return ended


@transaction.atomic
def purge_expired(*, now: datetime, limit: int = ROWS_AT_ONCE) -> int:
    """Delete sessions and tokens of other systems that expired, and entries of the list of devices without a session.

    At most `limit` rows of each; how many were deleted. Three statements, whatever there is.
    """
    live = Session.objects.filter(session_key=OuterRef("session_key"), expire_date__gt=now)
    listed = UserSession.objects.filter(~Exists(live)).order_by("pk")[:limit]
    over = Session.objects.filter(expire_date__lte=now).order_by("expire_date")[:limit]
    old = Token.objects.filter(expires_at__lte=now).order_by("expires_at")[:limit]
    return sum(
        (
            UserSession.objects.filter(pk__in=listed.values("pk")).delete()[0],
            Session.objects.filter(pk__in=over.values("pk")).delete()[0],
            Token.objects.filter(pk__in=old.values("pk")).delete()[0],
        )
    )
