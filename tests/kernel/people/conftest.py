"""A register with one school, and a data folder of its own for keys."""

from dataclasses import dataclass
from pathlib import Path

import pytest
from pytest_django import Settings

from heluo.kernel.actors.enums import Role
from heluo.kernel.organisations.models import Klass, Organisation
from heluo.kernel.people.models import Person
from tests.register import COUNTY, bureau, bureaus, klass, person, school


@pytest.fixture
def data(settings: Settings, tmp_path: Path) -> Path:
    """A data folder with no keys yet."""
    settings.DATA = tmp_path
    settings.IDENTIFIER_KEYS = None
    return tmp_path


@dataclass(frozen=True)
class School:
    """A primary school with a class, a teacher, a pupil and an administrator."""

    school: Organisation
    county: Organisation
    klass: Klass
    teacher: Person
    pupil: Person
    admin: Person


@pytest.fixture
def small(db: None, data: Path) -> School:
    bureaus()
    one = school()
    room = klass(one)
    return School(
        school=one,
        county=bureau(COUNTY),
        klass=room,
        teacher=person(Role.TEACHER, one, "嵩云知秋", username="t.songyun"),
        pupil=person(Role.PUPIL, one, "河洛听雨", username="p.heluo", sits_in=room),
        admin=person(Role.SCHOOL_ADMIN, one, "伊阙望舒", username="a.yique"),
    )
