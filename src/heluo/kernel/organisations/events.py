"""What happened to organisations and classes."""

from dataclasses import dataclass
from datetime import date
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
    """It is no more. After a merger `successor_id` says whose its people are now."""

    name: ClassVar[str] = "organisations.organisation_shut"
    organisation_id: UUID
    successor_id: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OrganisationReopened(Event):
    name: ClassVar[str] = "organisations.organisation_reopened"
    organisation_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class OrganisationDescribed(Event):
    """Its registered facts (address, telephone, founder …) changed."""

    name: ClassVar[str] = "organisations.organisation_described"
    organisation_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class OrganisationsOpened(Event):
    """A batch: schools, teaching points or other bodies opened at once."""

    name: ClassVar[str] = "organisations.organisations_opened"
    organisation_ids: tuple[UUID, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SchoolsMerged(Event):
    name: ClassVar[str] = "organisations.schools_merged"
    school_id: UUID
    merged_ids: tuple[UUID, ...]
    on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class SchoolSplit(Event):
    name: ClassVar[str] = "organisations.school_split"
    school_id: UUID
    new_school_id: UUID
    on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassesMoved(Event):
    """Classes passed to another school with their pupils, from a day on."""

    name: ClassVar[str] = "organisations.classes_moved"
    from_id: UUID
    to_id: UUID
    class_ids: tuple[UUID, ...]
    on: date


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
class ClassesOpenedAtSchools(Event):
    """A batch: classes of many schools opened at once."""

    name: ClassVar[str] = "organisations.classes_opened_at_schools"
    school_ids: tuple[UUID, ...]
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TermPlanned(Event):
    name: ClassVar[str] = "organisations.term_planned"
    organisation_id: UUID
    term: str
