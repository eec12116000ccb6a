"""A small register to test with: the real bureaus, a school, and actors who hold posts there."""

from datetime import UTC, date, datetime
from uuid import uuid4

from django.test import Client

from heluo.kernel.actors.enums import ActorKind, Role
from heluo.kernel.actors.public import Actor, Grant, Post, permissions_of, platform_actor
from heluo.kernel.organisations.access import Permission as OrganisationPermission
from heluo.kernel.organisations.enums import Stage
from heluo.kernel.organisations.models import Klass, Organisation
from heluo.kernel.organisations.public import (
    NewClass,
    bureau_of,
    found_bureaus,
    open_classes,
    open_school,
    region_with_code,
)
from heluo.kernel.people.access import Permission as PeoplePermission
from heluo.kernel.people.models import Account, Person
from heluo.kernel.people.public import NewPerson, register_people

NOON = datetime(2026, 10, 9, 4, tzinfo=UTC)
TODAY = date(2026, 10, 9)
TERM_START = date(2026, 9, 1)
PROVINCE, CITY, COUNTY, OTHER_COUNTY, ANSWERS_TO_PROVINCE = "410000", "410300", "410305", "410324", "410225"
CLERK = platform_actor("测试员", [*OrganisationPermission, *PeoplePermission])


def bureaus() -> None:
    """All bureaus of the province."""
    found_bureaus(by=CLERK, now=NOON)


def bureau(code: str) -> Organisation:
    return bureau_of(code, on=TODAY)


def school(
    code: str = "2141970001", name: str = "示例小学", county: str = COUNTY, school_type: str = "211"
) -> Organisation:
    """A school under the bureau of a county."""
    return open_school(
        by=CLERK,
        name=name,
        code=code,
        school_type=school_type,
        region=region_with_code(county, on=TODAY),
        parent=bureau(county),
        on=TERM_START,
        now=NOON,
    )


def klass(at: Organisation, entry_year: int = 2024, number: int = 1, stage: Stage = Stage.PRIMARY) -> Klass:
    """A class of a school; by default in its third year."""
    return open_classes(by=CLERK, school=at, classes=[NewClass(stage, entry_year, number)], now=NOON)[0]


def actor_at(role: Role, at: Organisation, person: Person | None = None) -> Actor:
    """Somebody who holds a post, with everything the manifests give that role."""
    return Actor(
        kind=ActorKind.PERSON,
        name=person.name if person else "测试人",
        person_id=person.uuid if person else uuid4(),
        posts=(Post(role=role, organisation_id=at.pk, organisation_name=at.name, path=at.path),),
        grants=frozenset(Grant(permission=permission, path=at.path) for permission in permissions_of(role)),
    )


def person(
    role: Role,
    at: Organisation,
    name: str = "示例人",
    *,
    username: str | None = None,
    born_on: date | None = None,
    sits_in: Klass | None = None,
) -> Person:
    """Somebody with one post, registered by the action everybody uses."""
    return register_people(
        by=CLERK,
        people=[
            NewPerson(
                name=name,
                posts=((role, at),),
                starts_on=TERM_START,
                username=username,
                born_on=born_on,
                klass=sits_in,
            )
        ],
        now=NOON,
    )[0]


def browser(who: Person) -> Client:
    """A browser in which somebody is signed in and past every gate."""
    account = Account.objects.get(person=who)
    account.must_change_password, account.is_demo = False, True
    account.save()
    client = Client()
    client.force_login(account)
    return client
