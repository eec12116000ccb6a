"""What people do with their bearer tokens."""

import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from heluo.kernel.access.access import require_own
from heluo.kernel.access.errors import LifetimeTooLong, NotYourPermission, TooManyTokens
from heluo.kernel.access.events import TokenIssued, TokenRevoked
from heluo.kernel.access.models import AccessToken
from heluo.kernel.access.resolution import actor_for, digest_of
from heluo.kernel.actors.errors import NotFound
from heluo.kernel.actors.public import WHOLE_TREE, Actor
from heluo.kernel.audit.public import Subject, record
from heluo.kernel.clock.public import local_day
from heluo.kernel.events.public import announce
from heluo.kernel.people.models import Account

TOKEN_MARK = "heluo_"  # noqa: S105  # what every token starts with, so that scanners of leaked secrets know it
PREFIX_LENGTH = len(TOKEN_MARK) + 6
LONGEST_LIFETIME = timedelta(days=365)
TOKENS_AT_ONCE = 20


@dataclass(frozen=True, slots=True)
class NewToken:
    """A token just issued, with its secret: shown once, kept nowhere."""

    token: AccessToken
    secret: str


@transaction.atomic
def issue_token(
    *,
    by: Actor,
    account: Account,
    label: str,
    lifetime: timedelta,
    scopes: Collection[str] | None = None,
    now: datetime,
) -> NewToken:
    """Issue a bearer token for one's own account (or, as the platform, for any). `scopes` None carries all rights.

    A token never carries more than its person holds: rights are asked anew at each request, scopes only narrow them.
    Refusals: NotFound, LifetimeTooLong, NotYourPermission, TooManyTokens.
    """
    person_id = require_own(by, account)
    if not timedelta(0) < lifetime <= LONGEST_LIFETIME:
        raise LifetimeTooLong(field="days", days=LONGEST_LIFETIME.days)
    if scopes is not None:
        held = {grant.permission for grant in actor_for(account, on=local_day(now)).grants}
        if not set(scopes) <= held:
            raise NotYourPermission(field="scopes")
    Account.objects.select_for_update().get(pk=account.pk)
    if AccessToken.objects.in_force(now).filter(account=account).count() >= TOKENS_AT_ONCE:
        raise TooManyTokens(limit=TOKENS_AT_ONCE)
    secret = TOKEN_MARK + secrets.token_urlsafe(32)
    token = AccessToken.objects.create(
        account=account,
        label=label,
        prefix=secret[:PREFIX_LENGTH],
        digest=digest_of(secret),
        scopes=None if scopes is None else sorted(scopes),
        created_at=now,
        expires_at=now + lifetime,
    )
    record(by=by, at=now, deed="access.token_issued", subject=_subject(token), details={"expires_at": token.expires_at})
    announce(TokenIssued(token_id=token.pk, person_id=person_id), by=by, at=now)
    return NewToken(token=token, secret=secret)


@transaction.atomic
def revoke_token(*, by: Actor, token_id: int, now: datetime) -> None:
    """Revoke a token of one's own, once and for good. Revoking it again changes nothing. Refusal: NotFound."""
    token = (
        AccessToken.objects.select_for_update(of=("self",))
        .filter(pk=token_id)
        .select_related("account__person")
        .first()
    )
    if token is None:
        raise NotFound
    person_id = require_own(by, token.account)
    if token.revoked_at is not None:
        return
    token.revoked_at = now
    token.save(update_fields=["revoked_at"])
    record(by=by, at=now, deed="access.token_revoked", subject=_subject(token))
    announce(TokenRevoked(token_id=token.pk, person_id=person_id), by=by, at=now)


def _subject(token: AccessToken) -> Subject:
    return Subject(kind="access_token", id=str(token.pk), title=f"{token.label} {token}".strip(), path=WHOLE_TREE)
