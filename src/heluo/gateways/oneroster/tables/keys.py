"""Ids of what has no id of its own in the register: made of the ids of what it is made of, and taken apart again.

| object | id |
|---|---|
| org, user, demographics, homeroom class | the uuid |
| class of a subject | `<class uuid>-<subject>` |
| course | `<school uuid>-<subject>`, `<school uuid>-homeroom` |
| school year, term | `2026-2027`, `2026-2027-1`, as an organisation planned it `<org uuid>-2026-2027-1` |
| enrollment | `membership-<n>`, `membership-<n>-<subject>`, `teaching-<n>`, `teaching-<n>-homeroom` |
"""

import re
from dataclasses import dataclass
from uuid import UUID

HOMEROOM = "homeroom"
LONGEST_KEY = 2**63 - 1
_UUID = r"(?P<uuid>[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})"
_WITH_SUBJECT = re.compile(_UUID + r"(?:-(?P<subject>[0-9A-Za-z]{1,12}))?")
_SESSION = re.compile(rf"(?:{_UUID}-)?(?P<year>[0-9]{{4}})-(?P<next>[0-9]{{4}})(?:-(?P<number>[12]))?")
_ENROLLMENT = re.compile(r"(?P<kind>membership|teaching)-(?P<key>[0-9]{1,19})(?:-(?P<subject>[0-9A-Za-z]{1,12}))?")


def uuid_in(sourced_id: str) -> UUID | None:
    """The uuid that an id is, in the one spelling that we give out."""
    found = re.fullmatch(_UUID, sourced_id)
    return UUID(found["uuid"]) if found else None


@dataclass(frozen=True, slots=True)
class SubjectKey:
    """A uuid and what stands behind it: a subject, `homeroom` or nothing."""

    uuid: UUID
    subject: str


def subject_key(sourced_id: str) -> SubjectKey | None:
    found = _WITH_SUBJECT.fullmatch(sourced_id)
    return SubjectKey(UUID(found["uuid"]), found["subject"] or "") if found else None


@dataclass(frozen=True, slots=True)
class SessionKey:
    """A school year (`number` 0) or a term, and who planned it."""

    planner: UUID | None
    year: int
    number: int


def session_key(sourced_id: str) -> SessionKey | None:
    found = _SESSION.fullmatch(sourced_id)
    if found is None or int(found["next"]) != int(found["year"]) + 1:
        return None
    number = int(found["number"] or 0)
    if found["uuid"] and not number:
        return None
    return SessionKey(UUID(found["uuid"]) if found["uuid"] else None, int(found["year"]), number)


def session_id(planner: UUID | None, year: int, number: int) -> str:
    term = f"{year}-{year + 1}-{number}" if number else f"{year}-{year + 1}"
    return f"{planner}-{term}" if planner else term


@dataclass(frozen=True, slots=True)
class EnrollmentKey:
    """A pupil's place or a teacher's task, and for which of its classes."""

    is_membership: bool
    key: int
    subject: str


def enrollment_key(sourced_id: str) -> EnrollmentKey | None:
    found = _ENROLLMENT.fullmatch(sourced_id)
    if found is None or int(found["key"]) > LONGEST_KEY:
        return None
    return EnrollmentKey(found["kind"] == "membership", int(found["key"]), found["subject"] or "")
