"""A teacher with a class, a pupil of it and their guardian, a reviewer, a colleague and a stranger."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest
from django.core.cache import cache
from pytest_django import Settings

from heluo.domains.collections.actions import collect, start_collection
from heluo.domains.collections.models import Collection
from heluo.domains.resources.models import Resource
from heluo.engines.process.enums import ItemState
from heluo.engines.process.models import WorkItem
from heluo.engines.process.public import complete_item
from heluo.kernel.access.public import actor_for
from heluo.kernel.actors.enums import Role
from heluo.kernel.actors.public import Actor
from heluo.kernel.clock.public import local_day
from heluo.kernel.organisations.enums import Stage
from heluo.kernel.organisations.models import Klass, Organisation
from heluo.kernel.organisations.public import NewClass, open_classes
from heluo.kernel.people.models import Account
from heluo.kernel.people.public import (
    NewGuardianship,
    NewPerson,
    NewTeaching,
    assign_teachings,
    record_guardianships,
    register_people,
)
from tests.factories import (
    NOON,
    PLATFORM,
    Somebody,
    a_bureau,
    a_person,
    a_published_resource,
    a_reviewer,
    a_school,
    a_stranger,
    a_teacher,
)


@dataclass(frozen=True)
class House:
    """Who acts in these tests."""

    school: Organisation
    klass: Klass
    teacher: Actor
    colleague: Actor
    pupil: Actor
    guardian: Actor
    reviewer: Actor
    officer: Actor
    stranger: Actor

    def resource(self, title: str = "分数的初步认识", **changes: object) -> Resource:
        return a_published_resource(self.colleague, self.school, self.reviewer, title=title, **changes)

    def collection(self, *resources: Resource, by: Actor | None = None, title: str = "分数一组") -> Collection:
        owner = by or self.teacher
        made = start_collection(by=owner, title=title, now=NOON)
        for one in resources:
            collect(by=owner, collection=made, entry=one.uuid, now=NOON)
        return made


@pytest.fixture(autouse=True)
def _own_data_folder(settings: Settings, tmp_path: Path) -> None:
    settings.DATA = tmp_path / "data"
    settings.STORAGE_URL = None
    settings.CLAMD_URL = None


@pytest.fixture
def house(db: None) -> House:
    cache.clear()
    school = a_school()
    [klass] = open_classes(by=PLATFORM, school=school, classes=[NewClass(Stage.PRIMARY, 2024, 1)], now=NOON)
    teacher = a_teacher(school)
    assign_teachings(
        by=PLATFORM,
        teachings=[NewTeaching(person=teacher.person, klass=klass, subject="14")],
        starts_on=date(2026, 9, 1),
        now=NOON,
    )
    pupil = _pupil(school, klass)
    guardian = a_person(Role.GUARDIAN, school)
    record_guardianships(
        by=PLATFORM,
        guardianships=[NewGuardianship(guardian.person, pupil.person, "父亲", date(2026, 9, 1))],
        now=NOON,
    )
    return House(
        school=school,
        klass=klass,
        teacher=teacher.actor,
        colleague=a_teacher(school).actor,
        pupil=pupil.actor,
        guardian=guardian.actor,
        reviewer=a_reviewer(a_bureau()).actor,
        officer=a_person(Role.COUNTY_OFFICER, a_bureau()).actor,
        stranger=a_stranger().actor,
    )


def _pupil(school: Organisation, klass: Klass) -> Somebody:
    new = NewPerson(
        name="河洛小满",
        posts=((Role.PUPIL, school),),
        starts_on=date(2026, 9, 1),
        born_on=date(2009, 1, 1),
        klass=klass,
        username="pupil",
    )
    [person] = register_people(by=PLATFORM, people=[new], now=NOON)
    account = Account.objects.select_related("person").get(person=person)
    return Somebody(person=person, account=account, actor=actor_for(account, on=local_day(NOON)))


def review_of(collection: Collection) -> WorkItem:
    """The step that waits for a decision about it."""
    return WorkItem.objects.select_related("instance", "place").get(
        instance__subject=collection.uuid, state=ItemState.OPEN
    )


def decided(collection: Collection, *, by: Actor, outcome: str = "publish", comment: str = "") -> Collection:
    answers = {"outcome": outcome, **({"comment": comment} if comment else {})}
    complete_item(by=by, item=review_of(collection), answers=answers, now=NOON)
    collection.refresh_from_db()
    return collection
