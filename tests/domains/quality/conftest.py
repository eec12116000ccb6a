"""A school with a class and its people, seen by its administrator and by the county."""

from dataclasses import dataclass
from datetime import date

import pytest
from django.core.cache import cache

from heluo.kernel.actors.enums import Role
from heluo.kernel.actors.public import Actor
from heluo.kernel.organisations.models import Klass, Organisation
from heluo.kernel.people.models import Person
from tests.register import COUNTY, OTHER_COUNTY, PROVINCE, actor_at, bureau, bureaus, klass, person, school

BORN = date(2018, 5, 1)
"""Six when the class of `klass()` began."""


@dataclass(frozen=True)
class Checked:
    """What these tests check, and who looks at it."""

    school: Organisation
    klass: Klass
    county: Organisation
    pupils: list[Person]
    clerk: Actor
    officer: Actor
    stranger: Actor
    province: Actor


@pytest.fixture
def checked(db: None) -> Checked:
    return make_checked()


def make_checked() -> Checked:
    cache.clear()
    bureaus()
    one = school()
    room = klass(one)
    county = bureau(COUNTY)
    return Checked(
        school=one,
        klass=room,
        county=county,
        pupils=[person(Role.PUPIL, one, f"洛书{name}", born_on=BORN, sits_in=room) for name in "甲乙"],
        clerk=actor_at(Role.SCHOOL_ADMIN, one),
        officer=actor_at(Role.COUNTY_OFFICER, county),
        stranger=actor_at(Role.COUNTY_OFFICER, bureau(OTHER_COUNTY)),
        province=actor_at(Role.PROVINCE_ADMIN, bureau(PROVINCE)),
    )
