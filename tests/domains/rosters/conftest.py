"""A school with its clerk, and rosters made as files."""

from pathlib import Path

import pytest
from pytest_django import Settings

from heluo.kernel.actors.enums import Role
from tests.domains.rosters.made import Office
from tests.register import COUNTY, actor_at, bureau, bureaus, klass, person, school


@pytest.fixture
def office(db: None, settings: Settings, tmp_path: Path) -> Office:
    """A primary school with a class and a clerk, and its county with an officer."""
    settings.DATA = tmp_path
    settings.IDENTIFIER_KEYS = None
    settings.STORAGE_URL = None
    bureaus()
    one, county = school(), bureau(COUNTY)
    clerk = person(Role.SCHOOL_ADMIN, one, "伊阙望舒", username="a.yique")
    officer = person(Role.COUNTY_OFFICER, county, "邙岭归雁", username="a.mangling")
    return Office(
        school=one,
        county=county,
        klass=klass(one),
        clerk=clerk,
        officer=officer,
        by=actor_at(Role.SCHOOL_ADMIN, one, clerk),
        county_by=actor_at(Role.COUNTY_OFFICER, county, officer),
    )
