"""The words an actor is described with: grants and actors themselves."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from heluo.kernel.actors.enums import ActorKind, Role

WHOLE_TREE = ""
"""The path that covers every node of the management tree."""


class HasPath(Protocol):
    """A thing that lies somewhere in the management tree."""

    @property
    def access_path(self) -> str:
        """Materialised path of the owning node, e.g. `1.5.33.`; each step ends with a full stop."""


@dataclass(frozen=True, slots=True)
class Grant:
    """One permission at one node of the management tree and all nodes below it."""

    permission: str
    path: str


@dataclass(frozen=True, slots=True)
class Post:
    """A role held at an organisation, as far as an actor needs to know it."""

    role: Role
    organisation_id: int
    organisation_name: str
    path: str


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts. Resolved once per request; passed to every action as `by`."""

    kind: ActorKind
    name: str
    person_id: UUID | None = None
    posts: tuple[Post, ...] = ()
    grants: frozenset[Grant] = frozenset()

    @property
    def is_person(self) -> bool:
        return self.kind == ActorKind.PERSON

    @property
    def roles(self) -> frozenset[Role]:
        return frozenset(post.role for post in self.posts)


PUBLIC_ACTOR = Actor(kind=ActorKind.PUBLIC, name="")


def platform_actor(name: str, permissions: Iterable[str]) -> Actor:
    """The platform itself at work (a job, a command, the demo), holding just the permissions it names.

    The name is a stable code; some app's manifest gives it a title in words (`actors`).
    """
    return Actor(
        kind=ActorKind.PLATFORM,
        name=name,
        grants=frozenset(Grant(permission=str(permission), path=WHOLE_TREE) for permission in permissions),
    )
