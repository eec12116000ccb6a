"""What happens to student records, in the past tense."""

from dataclasses import dataclass
from uuid import UUID

from heluo.kernel.events.public import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordsOpened(Event):
    name = "students.records_opened"
    record_ids: tuple[UUID, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordsChanged(Event):
    """One kind of change happened to one or many records of a school."""

    name = "students.records_changed"
    record_ids: tuple[UUID, ...]
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordsGraduated(Event):
    """A stage ended well: certificates, alumni and the next stage's enrolment may hear it."""

    name = "students.records_graduated"
    record_ids: tuple[UUID, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DuplicatesRaised(Event):
    name = "students.duplicates_raised"
    case_ids: tuple[UUID, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DuplicateSettled(Event):
    name = "students.duplicate_settled"
    case_id: UUID
    is_same: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferDecided(Event):
    """A transfer was asked for, went on, ended well or not."""

    name = "students.transfer_decided"
    case_id: UUID
    state: str
