"""From an account to an actor: posts in force today, and the grants each role's manifests give there."""

from datetime import date

from django.db.models import Q

from heluo.kernel.actors.enums import ActorKind, Role
from heluo.kernel.actors.public import Actor, Grant, Post, permissions_of
from heluo.kernel.people.models import Account
from heluo.kernel.people.models import Post as HeldPost


def actor_for(account: Account, *, on: date) -> Actor:
    """The actor behind an account on a day: one query, however many posts."""
    held = (
        HeldPost.objects.filter(person=account.person_id, starts_on__lte=on)
        .filter(Q(ends_on__isnull=True) | Q(ends_on__gte=on))
        .select_related("organisation", "person")
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
        Grant(permission=permission, path=post.path) for post in posts for permission in permissions_of(post.role)
    )
    person = account.person
    return Actor(kind=ActorKind.PERSON, name=person.name, person_id=person.uuid, posts=posts, grants=grants)
