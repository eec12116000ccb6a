"""Who can say what a subject is: one resolver per kind, registered by the domain it belongs to."""

from collections.abc import Callable, Collection, Mapping
from uuid import UUID

from heluo.kernel.actors.errors import NotFound
from heluo.kernel.actors.public import Actor
from heluo.kernel.feedback.vocabulary import SubjectRef

Resolver = Callable[[Actor, Collection[UUID]], Mapping[UUID, SubjectRef]]
"""Of these, the ones the actor may see, in one query. Others are left out."""

_resolvers: dict[str, Resolver] = {}


def subjects_of(kind: str, resolver: Resolver) -> None:
    """Let people give feedback on things of a kind. Called from the domain's `AppConfig.ready`."""
    _resolvers[kind] = resolver


def takes_feedback(kind: str) -> bool:
    return kind in _resolvers


def resolved(actor: Actor, kind: str, uuids: Collection[UUID]) -> Mapping[UUID, SubjectRef]:
    """The subjects among these that the actor may see; none of a kind nobody knows."""
    resolver = _resolvers.get(kind)
    return resolver(actor, uuids) if resolver and uuids else {}


def subject_for(actor: Actor, kind: str, uuid: UUID) -> SubjectRef:
    """One subject as this actor may see it; `NotFound` otherwise."""
    found = resolved(actor, kind, [uuid]).get(uuid)
    if found is None:
        raise NotFound
    return found
