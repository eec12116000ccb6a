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


@dataclass(frozen=True, slots=True, kw_only=True)
class ResourcesEvent(Event):
    """A fact about many resources at once, heard by their authors and by the queues that see them.

    Which ones, the audit says; which are published, the change log of the catalogue.
    """

    count: int
    authors: tuple[UUID, ...]
    paths: tuple[str, ...]

    def topics(self) -> tuple[str, ...]:
        queues = {topic for path in self.paths for topic in queue_topics(path)}
        return (*(f"person:{author}" for author in self.authors), *sorted(queues))


@dataclass(frozen=True, slots=True, kw_only=True)
class ResourcesSubmitted(ResourcesEvent):
    name = "resources.resources_submitted"


@dataclass(frozen=True, slots=True, kw_only=True)
class ResourcesPublished(ResourcesEvent):
    name = "resources.resources_published"
