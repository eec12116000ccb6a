"""What happens to resources, in the past tense."""

from dataclasses import dataclass
from uuid import UUID

from heluo.kernel.events.public import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class ResourceEvent(Event):
    """A fact about one version of a resource, heard by its author."""

    resource: UUID
    version: int
    author: UUID
    path: str

    def topics(self) -> tuple[str, ...]:
        return (f"person:{self.author}",)


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
class ResourceTakenBack(ResourceEvent):
    name = "resources.resource_taken_back"


@dataclass(frozen=True, slots=True, kw_only=True)
class ResourceWithdrawn(ResourceEvent):
    name = "resources.resource_withdrawn"


@dataclass(frozen=True, slots=True, kw_only=True)
class ResourcesEvent(Event):
    """A fact about many resources at once, heard by their authors.

    Which ones, the audit says; which are published, the change log of the catalogue.
    """

    count: int
    authors: tuple[UUID, ...]

    def topics(self) -> tuple[str, ...]:
        return tuple(f"person:{author}" for author in self.authors)


@dataclass(frozen=True, slots=True, kw_only=True)
class ResourcesPublished(ResourcesEvent):
    name = "resources.resources_published"


@dataclass(frozen=True, slots=True, kw_only=True)
class ResourcesWithdrawn(ResourcesEvent):
    name = "resources.resources_withdrawn"
