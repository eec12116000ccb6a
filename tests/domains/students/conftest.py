"""A primary school with classes and pupils, its clerk, its county, and somebody who has no business there."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest
from django.core.cache import cache
from pytest_django import Settings

from heluo.domains.students.actions import NewRecord, open_records
from heluo.domains.students.enums import STAGE_DEFAULTS
from heluo.domains.students.models import StudentRecord
from heluo.kernel.actors.enums import Role
from heluo.kernel.actors.public import Actor
from heluo.kernel.organisations.enums import Stage
from heluo.kernel.organisations.models import Klass, Organisation
from heluo.kernel.people.models import Person
from heluo.kernel.people.public import NewPerson, register_people
from tests.register import (
    CLERK,
    COUNTY,
    NOON,
    OTHER_COUNTY,
    TERM_START,
    actor_at,
    bureau,
    bureaus,
    klass,
    person,
    school,
)
from tests.serial import serial

NAMES = ("河洛听雨", "嵩云知秋", "伊阙望舒", "邙岭归雁", "涧水流萤", "瀍波拾贝", "龙门揽月", "桐花追光")


@pytest.fixture(autouse=True)
def _own_data_folder(settings: Settings, tmp_path: Path) -> None:
    """Keys of identifiers are made in a folder of this test's own."""
    settings.DATA = tmp_path / "data"
    settings.DATA.mkdir()
    settings.IDENTIFIER_KEYS = None


@dataclass(frozen=True)
class House:
    """Who acts in these tests, and where."""

    school: Organisation
    other_school: Organisation
    county: Organisation
    third: Klass
    third_2: Klass
    second: Klass
    fourth: Klass
    clerk: Actor
    officer: Actor
    stranger: Actor


@pytest.fixture
def house(db: None) -> House:
    return make_house()


def make_house() -> House:
    cache.clear()
    bureaus()
    one = school()
    other = school("2141970002", "别处小学", county=OTHER_COUNTY)
    return House(
        school=one,
        other_school=other,
        county=bureau(COUNTY),
        third=klass(one, 2024, 1),
        third_2=klass(one, 2024, 2),
        second=klass(one, 2025, 1),
        fourth=klass(one, 2023, 1),
        clerk=clerk_of(one),
        officer=actor_at(Role.COUNTY_OFFICER, bureau(COUNTY)),
        stranger=clerk_of(other),
    )


def clerk_of(at: Organisation) -> Actor:
    return actor_at(Role.SCHOOL_ADMIN, at, person(Role.SCHOOL_ADMIN, at, "管档人"))


def pupils(room: Klass, number: int = 1, *, sexes: str = "12") -> list[Person]:
    """Pupils who sit in a class, born on different days, sexes in turn."""
    return register_people(
        by=CLERK,
        people=[
            NewPerson(
                name=f"{NAMES[turn % len(NAMES)]}{turn}",
                posts=((Role.PUPIL, room.school),),
                starts_on=TERM_START,
                sex=sexes[turn % len(sexes)],
                born_on=date(2018, turn % 12 + 1, turn % 28 + 1),
                klass=room,
            )
            for turn in (serial() for _place in range(number))
        ],
        now=NOON,
    )


def new_record(who: Person, room: Klass, **changes: object) -> NewRecord:
    stage = Stage(room.stage)
    category, length = STAGE_DEFAULTS[stage]
    given: dict[str, object] = {
        "person": who,
        "school": room.school,
        "stage": stage,
        "entry_year": room.entry_year,
        "category": category,
        "length": length,
    }
    return NewRecord(**(given | changes))  # type: ignore[arg-type]  # named above


def records(by: Actor, room: Klass, number: int = 1, *, sexes: str = "12") -> list[StudentRecord]:
    """Open records of new pupils of a class."""
    people = pupils(room, number, sexes=sexes)
    return open_records(by=by, records=[new_record(who, room) for who in people], on=TERM_START, now=NOON)
