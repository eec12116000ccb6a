"""From an account or a bearer token to an actor: posts in force today, and the grants their roles give there."""

import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q

from heluo.kernel.access.errors import TokenRefused
from heluo.kernel.access.models import AccessToken
from heluo.kernel.actors.enums import ActorKind, Role
from heluo.kernel.actors.public import PUBLIC_ACTOR, Actor, Grant, Post, permissions_of
from heluo.kernel.clock.public import local_day
from heluo.kernel.people.models import Account
from heluo.kernel.people.models import Post as HeldPost


@dataclass(frozen=True, slots=True)
class Identity:
    """Who came: the actor, the account they signed in with, and the token they showed, if any."""

    actor: Actor
    account: Account | None = None
    token: AccessToken | None = None

    @property
    def caller(self) -> str | None:
        """Under which name their requests are counted; None for the public."""
        if self.token is not None:
            return f"token:{self.token.pk}"
        return f"account:{self.account.pk}" if self.account is not None else None


NOBODY = Identity(actor=PUBLIC_ACTOR)


def actor_for(account: Account, *, on: date, scopes: Collection[str] | None = None) -> Actor:
    """The actor behind an account on a day: one query, however many posts (the person comes with the account).

    `scopes` keeps only these permissions; None keeps all.
    """
    held = (
        HeldPost.objects.filter(person=account.person_id, starts_on__lte=on)
        .filter(Q(ends_on__isnull=True) | Q(ends_on__gte=on))
        .select_related("organisation")
        .order_by("starts_on", "id")
    )
    posts = tuple(
        Post(
            role=Role(row.role),
            organisation_id=row.organisation_id,
            organisation_name=row.organisation.name,
            path=row.organisation.path,
        )
        for row in held
    )
    grants = frozenset(
        Grant(permission=permission, path=post.path)
        for post in posts
        for permission in permissions_of(post.role)
        if scopes is None or permission in scopes
    )
    person = account.person
    return Actor(kind=ActorKind.PERSON, name=person.name, person_id=person.uuid, posts=posts, grants=grants)


def digest_of(secret: str) -> str:
    """What is kept of a token. It is 256 random bits, so a plain fast hash is enough (no dictionary to try)."""
    return hashlib.sha256(secret.encode()).hexdigest()


def identity_of_token(secret: str, *, at: datetime) -> Identity:
    """Who holds the token in force behind a secret: one query for token, account and person, one for the posts."""
    token = (
        AccessToken.objects.in_force(at)
        .filter(digest=digest_of(secret), account__is_active=True)
        .select_related("account__person")
        .first()
    )
    if token is None:
        raise TokenRefused
    day = local_day(at)
    if token.last_used_on != day:
        AccessToken.objects.filter(pk=token.pk).update(last_used_on=day)
    return Identity(
        actor=actor_for(token.account, on=day, scopes=token.scopes),
        account=token.account,
        token=token,
    )
