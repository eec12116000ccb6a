"""Who may see and change people."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from heluo.kernel.actors.enums import Role
from heluo.kernel.actors.errors import NotAllowed
from heluo.kernel.actors.public import Actor, allows, require
from heluo.kernel.organisations.enums import Level, OrganisationKind
from heluo.kernel.people.errors import RoleDoesNotFit

if TYPE_CHECKING:
    from heluo.kernel.organisations.models import Organisation


class Permission(StrEnum):
    VIEW = "people.view"
    """See the people of one's organisation and everything below it."""
    MANAGE = "people.manage"
    """Register people, put pupils into classes, record guardians; appoint teachers."""
    APPOINT = "people.appoint"
    """Appoint school administrators, reviewers and, one level down, officers."""
    REVEAL = "people.reveal"
    """See an identifier in clear, with a reason."""
    ACTIVATE = "people.activate"
    """Hand out activation codes."""
    TEACH = "people.teach"
    """Open the pages of the classes one teaches."""
    GUARD = "people.guard"
    """Open the page of one's own children."""
    ROTATE_KEYS = "people.rotate_keys"
    """Change the keys of identifiers."""


@dataclass(frozen=True, slots=True)
class Place:
    """A place in the management tree that is asked about."""

    access_path: str


AT_SCHOOLS = frozenset({OrganisationKind.SCHOOL, OrganisationKind.TEACHING_POINT})
AT_BUREAUS = frozenset({OrganisationKind.BUREAU})
ROLE_PLACES: dict[Role, tuple[frozenset[OrganisationKind], frozenset[Level] | None]] = {
    Role.PROVINCE_ADMIN: (AT_BUREAUS, frozenset({Level.PROVINCE})),
    Role.CITY_OFFICER: (AT_BUREAUS, frozenset({Level.CITY})),
    Role.COUNTY_OFFICER: (AT_BUREAUS, frozenset({Level.COUNTY})),
    Role.OPERATOR: (AT_BUREAUS, frozenset({Level.PROVINCE})),
    Role.RESOURCE_REVIEWER: (AT_BUREAUS | AT_SCHOOLS, None),
    Role.SCHOOL_ADMIN: (AT_SCHOOLS, None),
    Role.TEACHER: (AT_SCHOOLS, None),
    Role.PUPIL: (AT_SCHOOLS, None),
    Role.GUARDIAN: (AT_SCHOOLS, None),
}
"""Role → kinds and levels of organisation at which it can be held."""
EVERYDAY_ROLES = frozenset({Role.TEACHER, Role.PUPIL, Role.GUARDIAN})
APPOINTED_ON_THE_SPOT = frozenset({Role.SCHOOL_ADMIN, Role.RESOURCE_REVIEWER})


def require_appointment(actor: Actor, role: Role, organisation: "Organisation") -> None:
    """Refuse unless the role fits the organisation and the actor may give it there."""
    kinds, levels = ROLE_PLACES[role]
    if organisation.kind not in kinds or (levels is not None and organisation.level not in levels):
        raise RoleDoesNotFit(field="role", organisation=organisation.name, role=role.label)
    require_above(actor, role, organisation)


def require_above(actor: Actor, role: Role, organisation: "Organisation") -> None:
    """Refuse unless the actor stands above whoever holds a role at an organisation.

    Everyday roles need MANAGE there; administrators and reviewers APPOINT there; officers APPOINT at the superior, so
    that nobody makes their own equals (the province, which has no superior, appoints its own).
    """
    if role in EVERYDAY_ROLES:
        require(actor, Permission.MANAGE, on=organisation)
    elif role in APPOINTED_ON_THE_SPOT:
        require(actor, Permission.APPOINT, on=organisation)
    else:
        require(actor, Permission.APPOINT, on=organisation.parent or organisation)


def require_at_any(actor: Actor, permission: str, paths: Iterable[str]) -> None:
    """Refuse unless the actor holds the permission at one of the places a person belongs to."""
    if not any(allows(actor, permission, on=Place(path)) for path in paths):
        raise NotAllowed
