"""What happened to people."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from heluo.kernel.events.public import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class PeopleRegistered(Event):
    name: ClassVar[str] = "people.people_registered"
    person_ids: tuple[UUID, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonCorrected(Event):
    """Name, sex or birthday of somebody were put right."""

    name: ClassVar[str] = "people.person_corrected"
    person_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class PostsChanged(Event):
    """Somebody took up or left a post: what they may do has changed."""

    name: ClassVar[str] = "people.posts_changed"
    person_ids: tuple[UUID, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassMembersChanged(Event):
    name: ClassVar[str] = "people.class_members_changed"
    class_ids: tuple[UUID, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentGiven(Event):
    name: ClassVar[str] = "people.consent_given"
    child_ids: tuple[UUID, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentWithdrawn(Event):
    name: ClassVar[str] = "people.consent_withdrawn"
    child_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class PasswordChanged(Event):
    name: ClassVar[str] = "people.password_changed"
    person_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentifierRevealed(Event):
    name: ClassVar[str] = "people.identifier_revealed"
    person_id: UUID
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ListsMerged(Event):
    """Lists of a school were merged into the register: people, posts, classes, teachings or guardians changed there."""

    name: ClassVar[str] = "people.lists_merged"
    school_id: UUID
