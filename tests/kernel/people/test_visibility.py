"""Who sees whom: oneself, wards, own pupils, and those in one's care; a stranger learns nothing."""

from uuid import uuid4

import pytest
from pytest_django import DjangoAssertNumQueries

from heluo.kernel.actors.enums import Role
from heluo.kernel.actors.errors import NotFound
from heluo.kernel.actors.public import PUBLIC_ACTOR, Actor, permissions_of
from heluo.kernel.people.access import Permission
from heluo.kernel.people.enums import Relation
from heluo.kernel.people.models import Person
from heluo.kernel.people.public import (
    NewGuardianship,
    NewTeaching,
    assign_teachings,
    class_for,
    person_for,
    record_guardianships,
    relations_to,
    search_people,
    visible_people,
)
from heluo.kernel.people.queries import rights_over
from tests.kernel.people.conftest import School
from tests.register import CLERK, NOON, OTHER_COUNTY, TERM_START, TODAY, actor_at, bureau, klass, person, school


@pytest.fixture
def teacher(small: School) -> Actor:
    assign_teachings(
        by=CLERK,
        teachings=[NewTeaching(person=small.teacher, klass=small.klass, subject="13")],
        starts_on=TERM_START,
        now=NOON,
    )
    return actor_at(Role.TEACHER, small.school, small.teacher)


@pytest.fixture
def parent(small: School) -> Actor:
    guardian = person(Role.GUARDIAN, small.school, "河洛踏歌")
    record_guardianships(by=CLERK, guardianships=[NewGuardianship(guardian, small.pupil, "父亲", TERM_START)], now=NOON)
    return actor_at(Role.GUARDIAN, small.school, guardian)


def test_each_sees_the_pupil_for_a_reason(small: School, teacher: Actor, parent: Actor) -> None:
    reasons = {
        Relation.SELF: actor_at(Role.PUPIL, small.school, small.pupil),
        Relation.TEACHER: teacher,
        Relation.GUARDIAN: parent,
        Relation.KEEPER: actor_at(Role.COUNTY_OFFICER, small.county, person(Role.COUNTY_OFFICER, small.county)),
    }
    for relation, actor in reasons.items():
        assert person_for(actor, small.pupil.uuid, on=TODAY) == small.pupil
        assert relations_to(actor, small.pupil, on=TODAY) == {relation}


def test_a_stranger_cannot_tell_a_pupil_from_nobody(small: School, teacher: Actor) -> None:
    other = school("2141970002", "另一小学")
    strangers = [
        PUBLIC_ACTOR,
        actor_at(Role.COUNTY_OFFICER, bureau(OTHER_COUNTY), person(Role.COUNTY_OFFICER, bureau(OTHER_COUNTY))),
        actor_at(Role.TEACHER, small.school, person(Role.TEACHER, small.school)),
        actor_at(Role.SCHOOL_ADMIN, other, person(Role.SCHOOL_ADMIN, other)),
        actor_at(Role.PUPIL, small.school, person(Role.PUPIL, small.school)),
    ]
    for stranger in strangers:
        for uuid in (small.pupil.uuid, uuid4()):
            with pytest.raises(NotFound):
                person_for(stranger, uuid, on=TODAY)
        assert not relations_to(stranger, small.pupil, on=TODAY)
    assert set(visible_people(PUBLIC_ACTOR, on=TODAY)) == set()


def test_a_class_is_seen_by_its_teachers_and_its_school(small: School, teacher: Actor) -> None:
    admin = actor_at(Role.SCHOOL_ADMIN, small.school, small.admin)
    for actor in (teacher, admin):
        assert class_for(actor, small.klass.uuid, on=TODAY) == small.klass
    other = klass(small.school, number=2)
    with pytest.raises(NotFound):
        class_for(teacher, other.uuid, on=TODAY)
    with pytest.raises(NotFound):
        class_for(actor_at(Role.PUPIL, small.school, small.pupil), small.klass.uuid, on=TODAY)


@pytest.mark.parametrize("text", ["听雨", "heluoting", " 河洛听雨 ", "HeLuo TingYu"])
def test_people_are_found_by_name_and_pinyin(small: School, text: str) -> None:
    admin = actor_at(Role.SCHOOL_ADMIN, small.school, small.admin)
    assert small.pupil in search_people(admin, text).people


def test_people_are_found_by_number_but_only_by_those_who_may(small: School) -> None:
    admin = actor_at(Role.SCHOOL_ADMIN, small.school, small.admin)
    assert search_people(admin, small.pupil.number.lower()).people.get() == small.pupil
    elsewhere = actor_at(Role.COUNTY_OFFICER, bureau(OTHER_COUNTY))
    assert not search_people(elsewhere, small.pupil.number).people


def test_looking_up_people_is_one_statement(
    small: School, teacher: Actor, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _round in range(2):
        with django_assert_num_queries(1):
            assert isinstance(next(iter(visible_people(teacher, on=TODAY))), Person)
        person(Role.TEACHER, small.school)


def test_several_rights_over_somebody_cost_one_query_and_end_where_the_post_does(
    small: School, teacher: Actor, parent: Actor, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    asked = (Permission.MANAGE, Permission.REVEAL)
    keeper = actor_at(Role.SCHOOL_ADMIN, small.school, small.admin)
    elsewhere = actor_at(Role.COUNTY_OFFICER, bureau(OTHER_COUNTY))
    with django_assert_num_queries(1):
        held = rights_over(keeper, small.pupil, *asked)
    assert Permission.MANAGE in held
    for right in asked:
        assert (right in held) == (right in permissions_of(Role.SCHOOL_ADMIN))
    for nobody in (teacher, parent, elsewhere):
        assert rights_over(nobody, small.pupil, *asked) == frozenset()
