"""People are registered once, in sets, by those who may."""

from dataclasses import replace
from datetime import date

import pytest
from django.contrib.auth.hashers import is_password_usable
from pytest_django import DjangoAssertNumQueries

from heluo.kernel.actors.enums import Role
from heluo.kernel.actors.errors import NotAllowed, Refusal
from heluo.kernel.audit.models import AuditRow
from heluo.kernel.codes.public import parse_platform_number
from heluo.kernel.people.errors import (
    AlreadyGuardian,
    BornInTheFuture,
    EndsBeforeItStarts,
    NotAPupilHere,
    OwnGuardian,
    PersonNameMissing,
    RoleDoesNotFit,
    UsernameMalformed,
    UsernameTaken,
)
from heluo.kernel.people.models import Account, ClassMembership, Person, Post
from heluo.kernel.people.public import (
    NewGuardianship,
    NewPerson,
    end_guardianship,
    is_guardian_of,
    record_guardianships,
    register_people,
)
from tests.kernel.organisations.test_actions import together
from tests.kernel.people.conftest import School
from tests.register import (
    CITY,
    CLERK,
    COUNTY,
    NOON,
    OTHER_COUNTY,
    PROVINCE,
    TERM_START,
    TODAY,
    actor_at,
    bureau,
    bureaus,
    person,
    school,
)


def new(role: Role, at: object, **more: object) -> NewPerson:
    return NewPerson(name="示例人", posts=((role, at),), starts_on=TERM_START, **more)  # type: ignore[arg-type]


def test_a_person_has_one_number_an_account_and_a_post(small: School) -> None:
    teacher = small.teacher
    assert parse_platform_number(teacher.number) == teacher.number
    assert teacher.name_sort == "songyunzhiqiu"
    account = Account.objects.get(person=teacher)
    assert not is_password_usable(account.password)
    assert (account.must_change_password, account.is_demo) == (True, False)
    post = Post.objects.get(person=teacher)
    assert (post.role, post.organisation, post.starts_on, post.ends_on) == (
        Role.TEACHER,
        small.school,
        TERM_START,
        None,
    )
    assert ClassMembership.objects.get(person=small.pupil).klass == small.klass


def test_three_thousand_pupils_take_as_many_statements_as_three(
    small: School, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    admin = actor_at(Role.SCHOOL_ADMIN, small.school, small.admin)
    for count, limit in ((3, 20), (3000, 28)):
        pupils = [
            new(Role.PUPIL, small.school, username=f"u{count}-{place}", klass=small.klass) for place in range(count)
        ]
        with django_assert_max_num_queries(limit):
            made = register_people(by=admin, people=pupils, now=NOON)
        assert len({one.number for one in made}) == count
        row = AuditRow.objects.filter(deed="people.people_registered").latest("seq")
        assert row.differences_count == count


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"name": " "}, PersonNameMissing),
        ({"name": "长" * 61}, PersonNameMissing),
        ({"born_on": date(2027, 1, 1)}, BornInTheFuture),
        ({"username": "Ab"}, UsernameMalformed),
        ({"username": "张三"}, UsernameMalformed),
        ({"username": "t.songyun"}, UsernameTaken),
    ],
)
def test_one_wrong_row_stops_the_whole_batch(small: School, change: dict[str, object], refusal: type[Refusal]) -> None:
    before = Person.objects.count()
    good = new(Role.TEACHER, small.school)
    with pytest.raises(refusal) as caught:
        register_people(by=CLERK, people=[good, replace(good, **change)], now=NOON)  # type: ignore[arg-type]
    assert "{" not in str(caught.value)
    assert Person.objects.count() == before


def test_the_same_username_twice_in_a_batch_is_refused(small: School) -> None:
    twice = [new(Role.TEACHER, small.school, username="t.same") for _row in range(2)]
    with pytest.raises(UsernameTaken, match="same"):
        register_people(by=CLERK, people=twice, now=NOON)


def test_a_pupil_sits_only_in_a_class_of_their_school(small: School) -> None:
    with pytest.raises(NotAPupilHere):
        register_people(by=CLERK, people=[new(Role.TEACHER, small.school, klass=small.klass)], now=NOON)


@pytest.mark.parametrize(
    ("role", "code"),
    [
        (Role.PUPIL, COUNTY),
        (Role.TEACHER, COUNTY),
        (Role.COUNTY_OFFICER, CITY),
        (Role.CITY_OFFICER, COUNTY),
        (Role.PROVINCE_ADMIN, CITY),
        (Role.OPERATOR, COUNTY),
    ],
)
def test_a_role_fits_its_organisation(small: School, role: Role, code: str) -> None:
    with pytest.raises(RoleDoesNotFit):
        register_people(by=CLERK, people=[new(role, bureau(code))], now=NOON)


def test_who_may_make_whom(small: School) -> None:
    """Administrators make teachers, pupils and guardians; officers administrators below; nobody their equals."""
    admin = actor_at(Role.SCHOOL_ADMIN, small.school)
    county = actor_at(Role.COUNTY_OFFICER, small.county)
    city = actor_at(Role.CITY_OFFICER, bureau(CITY))
    province = actor_at(Role.PROVINCE_ADMIN, bureau(PROVINCE))
    teacher = actor_at(Role.TEACHER, small.school)
    elsewhere = actor_at(Role.COUNTY_OFFICER, bureau(OTHER_COUNTY))
    allowed = [
        (admin, Role.TEACHER, small.school),
        (admin, Role.GUARDIAN, small.school),
        (county, Role.SCHOOL_ADMIN, small.school),
        (county, Role.RESOURCE_REVIEWER, small.county),
        (city, Role.COUNTY_OFFICER, small.county),
        (province, Role.CITY_OFFICER, bureau(CITY)),
        (province, Role.OPERATOR, bureau(PROVINCE)),
    ]
    refused = [
        (admin, Role.SCHOOL_ADMIN, small.school),
        (admin, Role.RESOURCE_REVIEWER, small.school),
        (county, Role.COUNTY_OFFICER, small.county),
        (city, Role.CITY_OFFICER, bureau(CITY)),
        (teacher, Role.PUPIL, small.school),
        (elsewhere, Role.TEACHER, small.school),
    ]
    for by, role, at in allowed:
        register_people(by=by, people=[new(role, at)], now=NOON)
    for by, role, at in refused:
        with pytest.raises(NotAllowed):
            register_people(by=by, people=[new(role, at)], now=NOON)


@pytest.mark.django_db(transaction=True)
def test_two_who_want_one_username_get_one_account() -> None:
    bureaus()
    one = school()
    results = together(
        lambda: person(Role.TEACHER, one, username="t.wanted"),
        lambda: person(Role.TEACHER, one, username="t.wanted"),
    )
    assert sorted(type(result).__name__ for result in results) == ["Person", "UsernameTaken"]


# -- guardians --------------------------------------------------------------------------------------------------------


def test_a_guardianship_begins_and_ends(small: School) -> None:
    guardian = person(Role.GUARDIAN, small.school, "河洛观澜")
    admin = actor_at(Role.SCHOOL_ADMIN, small.school, small.admin)
    [row] = record_guardianships(
        by=admin, guardianships=[NewGuardianship(guardian, small.pupil, "父亲", TERM_START)], now=NOON
    )
    assert is_guardian_of(guardian.uuid, small.pupil, on=TODAY)
    with pytest.raises(AlreadyGuardian, match="河洛观澜"):
        record_guardianships(by=admin, guardianships=[NewGuardianship(guardian, small.pupil, "父亲", TODAY)], now=NOON)
    with pytest.raises(EndsBeforeItStarts):
        end_guardianship(by=admin, guardianship=row, on=date(2026, 8, 31), now=NOON)
    end_guardianship(by=admin, guardianship=row, on=date(2026, 10, 8), now=NOON)
    assert not is_guardian_of(guardian.uuid, small.pupil, on=TODAY)


def test_nobody_is_their_own_guardian_and_strangers_record_none(small: School) -> None:
    with pytest.raises(OwnGuardian):
        record_guardianships(
            by=CLERK, guardianships=[NewGuardianship(small.pupil, small.pupil, "", TERM_START)], now=NOON
        )
    with pytest.raises(NotAllowed):
        record_guardianships(
            by=actor_at(Role.TEACHER, small.school, small.teacher),
            guardianships=[NewGuardianship(small.teacher, small.pupil, "", TERM_START)],
            now=NOON,
        )
