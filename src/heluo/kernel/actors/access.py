"""The whole security story of the house in five functions: deny unless a grant covers it."""

from uuid import UUID

from django.db.models import Q

from heluo.kernel.actors.errors import NotAllowed, SignInNeeded
from heluo.kernel.actors.vocabulary import WHOLE_TREE, Actor, HasPath


def paths_for(actor: Actor, permission: str) -> tuple[str, ...]:
    """Where in the management tree the actor holds a permission, outermost first, without nested repeats."""
    paths = sorted({grant.path for grant in actor.grants if grant.permission == permission})
    kept: list[str] = []
    for path in paths:
        if not any(path.startswith(outer) for outer in kept):
            kept.append(path)
    return tuple(kept)


def allows(actor: Actor, permission: str, on: HasPath | None = None) -> bool:
    """Whether the actor holds a permission: on a thing if one is given, else anywhere at all."""
    paths = paths_for(actor, permission)
    if on is None:
        return bool(paths)
    return any(on.access_path.startswith(path) for path in paths)


def require(actor: Actor, permission: str, on: HasPath | None = None) -> None:
    """Refuse unless the actor holds the permission (on the thing). Called inside every action."""
    if not allows(actor, permission, on):
        raise NotAllowed


def require_person(actor: Actor) -> UUID:
    """The id of the person who acts; refuses the public and the platform."""
    if actor.person_id is None:
        raise SignInNeeded
    return actor.person_id


def tree_paths(actor: Actor) -> list[str]:
    """The paths of every organisation in whose tree the actor holds a post, from the root down."""
    paths: set[str] = set()
    for post in actor.posts:
        steps = post.path.split(".")[:-1]
        paths.update(".".join(steps[:depth]) + "." for depth in range(1, len(steps) + 1))
    return sorted(paths)


def within(actor: Actor, permission: str, field: str = "organisation__path") -> Q:
    """A filter that keeps the rows whose tree path lies where the actor holds the permission.

    The one helper for scoped reads: `Thing.objects.filter(within(actor, Permission.VIEW))`.
    """
    paths = paths_for(actor, permission)
    if WHOLE_TREE in paths:
        return Q()
    if not paths:
        return Q(pk__in=())
    scope = Q()
    for path in paths:
        scope |= Q(**{f"{field}__startswith": path})
    return scope
