"""A county with two schools, one of them told to a program; and that program, asking as any program would."""

from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from pytest_django import Settings

from heluo.gateways.oneroster.access import Permission
from heluo.gateways.oneroster.actions import NewClient, add_client
from heluo.gateways.oneroster.enums import Scope
from heluo.kernel.actors.enums import Role
from heluo.kernel.actors.public import platform_actor
from heluo.kernel.clock.public import SchoolYear, local_day, now
from heluo.kernel.organisations.models import Klass, Organisation
from heluo.kernel.people.models import Person
from heluo.kernel.people.public import (
    NewGuardianship,
    NewPerson,
    NewTeaching,
    assign_teachings,
    record_guardianships,
    register_people,
)
from tests.register import CLERK, COUNTY, bureau, bureaus, klass, school

BASE = "/ims/oneroster/rostering/v1p2"
OPERATOR = platform_actor("测试", [*Permission])
CHINESE, MATHS = "13", "14"
ALL_SCOPES = tuple(Scope)


@dataclass(frozen=True)
class Program:
    """A program of others with a token, or without."""

    token: str = ""
    web: Client = field(default_factory=Client)

    def get(self, address: str, **asked: object) -> Any:
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        return self.web.get(f"{BASE}/{address}", asked, headers=headers)

    def read(self, address: str, **asked: object) -> Any:
        answer = self.get(address, **asked)
        assert answer.status_code == 200, answer.content.decode()
        return answer.json()

    def ids(self, address: str, **asked: object) -> list[str]:
        [shapes] = self.read(address, **asked).values()
        return [shape["sourcedId"] for shape in shapes]


def token_for(new: NewClient, *scopes: str) -> HttpResponse:
    """What the token endpoint answers, asked as RFC 6749, 4.4 says."""
    pair = b64encode(f"{new.client.client_id}:{new.secret}".encode()).decode()
    asked = {"grant_type": "client_credentials"} | ({"scope": " ".join(scopes)} if scopes else {})
    answer: HttpResponse = Client().post("/identity/o/api/token", asked, headers={"Authorization": f"Basic {pair}"})
    return answer


def program(new: NewClient, *scopes: str) -> Program:
    answer = token_for(new, *scopes)
    assert answer.status_code == 200, answer.content
    return Program(token=answer.json()["access_token"])  # type: ignore[attr-defined]  # of the test client


@dataclass(frozen=True)
class Register:
    """Two schools of one county."""

    county: Organisation
    here: Organisation
    there: Organisation
    room: Klass
    other_room: Klass
    leader: Person
    teacher: Person
    pupil: Person
    sister: Person
    stranger: Person
    guardian: Person
    began: date


def began() -> date:
    """The first day of the school year in which the test runs."""
    return SchoolYear.on(local_day(now())).first_day


def people(*rows: tuple[str, Role, Organisation, Klass | None], born_on: date | None = None) -> list[Person]:
    return register_people(
        by=CLERK,
        people=[
            NewPerson(name=name, posts=((role, at),), starts_on=began(), klass=room, sex="2", born_on=born_on)
            for name, role, at, room in rows
        ],
        now=now(),
    )


@pytest.fixture
def _data(settings: Settings, tmp_path: Path) -> None:
    settings.DATA = tmp_path


@pytest.fixture
def register(db: None, _data: None) -> Register:
    return a_register()


def a_register() -> Register:
    bureaus()
    here, there = school(), school("2141970002", "另一小学")
    year = began().year
    room, other_room = klass(here, entry_year=year - 2), klass(there, entry_year=year - 2)
    leader, teacher = people(("嵩云知秋", Role.TEACHER, here, None), ("欧阳修远", Role.TEACHER, here, None))
    pupil, sister, stranger = people(
        ("河洛听雨", Role.PUPIL, here, room),
        ("河洛听雪", Role.PUPIL, here, room),
        ("伊阙望舒", Role.PUPIL, there, other_room),
        born_on=date(year - 9, 3, 2),
    )
    [guardian] = people(("河洛长风", Role.GUARDIAN, here, None))
    tasks = [
        NewTeaching(person=leader, klass=room, subject=CHINESE, is_homeroom=True),
        NewTeaching(person=teacher, klass=room, subject=MATHS),
    ]
    assign_teachings(by=CLERK, teachings=tasks, starts_on=began(), now=now())
    record_guardianships(by=CLERK, guardianships=[NewGuardianship(guardian, pupil, "父亲", began())], now=now())
    return Register(
        county=bureau(COUNTY),
        here=here,
        there=there,
        room=room,
        other_room=other_room,
        leader=leader,
        teacher=teacher,
        pupil=pupil,
        sister=sister,
        stranger=stranger,
        guardian=guardian,
        began=began(),
    )


MakeClient = Callable[..., NewClient]


def a_client(organisation: Organisation, *scopes: Scope, name: str = "某学习平台") -> NewClient:
    return add_client(by=OPERATOR, name=name, organisation=organisation, scopes=scopes or ALL_SCOPES, now=now())


@pytest.fixture
def here(register: Register) -> Program:
    """Bound to the first school, with every scope."""
    return program(a_client(register.here))


@pytest.fixture
def county(register: Register) -> Program:
    """Bound to the county, with every scope."""
    return program(a_client(register.county))
