"""What happened to organisations and classes."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from heluo.kernel.events.public import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class OrganisationOpened(Event):
    name: ClassVar[str] = "organisations.organisation_opened"
    organisation_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class OrganisationRenamed(Event):
    name: ClassVar[str] = "organisations.organisation_renamed"
    organisation_id: UUID
    old_name: str
    new_name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OrganisationMoved(Event):
    """The organisation and everything below it have new paths."""

    name: ClassVar[str] = "organisations.organisation_moved"
    organisation_id: UUID
    old_path: str
    new_path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OrganisationRecoded(Event):
    name: ClassVar[str] = "organisations.organisation_recoded"
    organisation_id: UUID
    old_code: str
    new_code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OrganisationShut(Event):
    name: ClassVar[str] = "organisations.organisation_shut"
    organisation_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class BureausFounded(Event):
    name: ClassVar[str] = "organisations.bureaus_founded"
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassesOpened(Event):
    name: ClassVar[str] = "organisations.classes_opened"
    school_id: UUID
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TermPlanned(Event):
    name: ClassVar[str] = "organisations.term_planned"
    organisation_id: UUID
    term: str
