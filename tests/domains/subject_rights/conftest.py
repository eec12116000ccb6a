"""A pupil with two guardians' worth of history, and everybody who may or may not look."""

from dataclasses import dataclass
from datetime import date

import pytest
from django.core.cache import cache
from django.test import Client

from heluo.kernel.actors.enums import Role
from heluo.kernel.actors.public import Actor
from heluo.kernel.codes.public import resident_check
from heluo.kernel.organisations.models import Klass, Organisation
from heluo.kernel.people.enums import IdentifierKind
from heluo.kernel.people.models import Person
from heluo.kernel.people.public import (
    NewGuardianship,
    NewIdentifier,
    record_guardianships,
    record_identifiers,
)
from tests.register import (
    CLERK,
    COUNTY,
    NOON,
    OTHER_COUNTY,
    TERM_START,
    actor_at,
    browser,
    bureau,
    bureaus,
    klass,
    person,
    school,
)

BORN = date(2018, 5, 1)
FIRST = "99030520180501001"
RESIDENT = FIRST + resident_check(FIRST)


@dataclass(frozen=True)
class Family:
    """A child of a school, a parent, the school's clerks, the county, and strangers."""

    school: Organisation
    county: Organisation
    klass: Klass
    child: Person
    parent: Person
    clerk: Person
    officer: Person
    stranger: Person
    other_officer: Person

    def actor(self, who: str) -> Actor:
        """Somebody of the family's story as an actor."""
        roles = {
            "child": (Role.PUPIL, self.school),
            "parent": (Role.GUARDIAN, self.school),
            "clerk": (Role.SCHOOL_ADMIN, self.school),
            "officer": (Role.COUNTY_OFFICER, self.county),
            "stranger": (Role.GUARDIAN, self.school),
            "other_officer": (Role.COUNTY_OFFICER, bureau(OTHER_COUNTY)),
        }
        role, place = roles[who]
        return actor_at(role, place, getattr(self, who))

    def browser(self, who: str) -> Client:
        return browser(getattr(self, who))


@pytest.fixture
def family(db: None) -> Family:
    return make_family()


def make_family() -> Family:
    cache.clear()
    bureaus()
    one = school()
    room = klass(one)
    county = bureau(COUNTY)
    child = person(Role.PUPIL, one, "洛书甲", born_on=BORN, sits_in=room)
    parent = person(Role.GUARDIAN, one, "洛书母", username="parent")
    record_guardianships(by=CLERK, guardianships=[NewGuardianship(parent, child, "母亲", TERM_START)], now=NOON)
    record_identifiers(by=CLERK, identifiers=[NewIdentifier(child, IdentifierKind.RESIDENT_ID, RESIDENT)], now=NOON)
    return Family(
        school=one,
        county=county,
        klass=room,
        child=child,
        parent=parent,
        clerk=person(Role.SCHOOL_ADMIN, one, "洛书员", username="clerk"),
        officer=person(Role.COUNTY_OFFICER, county, "洛书官", username="officer"),
        stranger=person(Role.GUARDIAN, one, "嵩云某", username="stranger"),
        other_officer=person(Role.COUNTY_OFFICER, bureau(OTHER_COUNTY), "嵩云官", username="other.officer"),
    )
