"""What happens to resources, in the past tense."""

from dataclasses import dataclass
from uuid import UUID

from heluo.kernel.events.public import Event

QUEUE = "resource-review"
"""Kind of the live topics of review queues: `resource-review:<tree path>`."""


def queue_topics(path: str) -> tuple[str, ...]:
    """The live topics of every review queue that sees a tree path: one for each node from the root down to it."""
    steps = path.rstrip(".").split(".")
    return tuple(f"{QUEUE}:{'.'.join(steps[:depth])}." for depth in range(1, len(steps) + 1))


@dataclass(frozen=True, slots=True, kw_only=True)
class ResourceEvent(Event):
    """A fact about one version of a resource, heard by its author and by the queues that see it."""

    resource: UUID
    version: int
    author: UUID
    path: str

    def topics(self) -> tuple[str, ...]:
        return (f"person:{self.author}", *queue_topics(self.path))


@dataclass(frozen=True, slots=True, kw_only=True)
class ResourceSubmitted(ResourceEvent):
    name = "resources.resource_submitted"


@dataclass(frozen=True, slots=True, kw_only=True)
class ResourcePublished(ResourceEvent):
    name = "resources.resource_published"


@dataclass(frozen=True, slots=True, kw_only=True)
class ResourceReturned(ResourceEvent):
    name = "resources.resource_returned"


@dataclass(frozen=True, slots=True, kw_only=True)
class ResourceWithdrawn(ResourceEvent):
    name = "resources.resource_withdrawn"
