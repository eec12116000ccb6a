"""One person at one school: registered once, recognised by number, refused where the register contradicts."""

from datetime import date

import pytest

from heluo.kernel.actors.enums import Role
from heluo.kernel.actors.errors import NotAllowed
from heluo.kernel.audit.models import AuditRow
from heluo.kernel.codes.public import resident_check
from heluo.kernel.organisations.models import Klass
from heluo.kernel.people.enums import Deed, IdentifierKind
from heluo.kernel.people.errors import (
    AlreadyGuardian,
    BirthdayMismatch,
    CannotEnrol,
    NotAClassHere,
    NumberMissing,
    PersonNameMissing,
    SexMismatch,
)
from heluo.kernel.people.models import Account, Guardianship, Person
from heluo.kernel.people.public import (
    Enrolled,
    NewAtSchool,
    enrol_person,
    identifiers_of,
    membership_of,
    posts_of,
    register_guardian,
)
from tests.kernel.people.conftest import School
from tests.register import NOON, OTHER_COUNTY, TODAY, actor_at, klass, school

NAME = "邙岭扶摇"
PHONE = "10000000021"


def resident(born_on: date = date(2016, 5, 4), serial: int = 1) -> str:
    """A number that cannot be issued (99…); an odd serial is a boy's."""
    first_17 = f"999999{born_on:%Y%m%d}{serial:03d}"
    return first_17 + resident_check(first_17)


def enrol(small: School, *, by: Person | None = None, **facts: object) -> Enrolled:
    said = {"role": Role.PUPIL, "name": NAME, "numbers": {IdentifierKind.RESIDENT_ID: resident()}, **facts}
    admin = actor_at(Role.SCHOOL_ADMIN, small.school, by or small.admin)
    return enrol_person(by=admin, school=small.school, new=NewAtSchool(**said), now=NOON)  # type: ignore[arg-type]


def test_a_pupil_is_registered_with_what_the_number_tells(small: School) -> None:
    done = enrol(small, klass=small.klass)
    assert done.deed == Deed.NEW
    assert (done.person.name, done.person.sex, done.person.born_on) == (NAME, "1", date(2016, 5, 4))
    assert [post.role for post in posts_of([done.person], on=TODAY)] == [Role.PUPIL]
    seat = membership_of(done.person, on=TODAY)
    assert seat is not None
    assert seat.klass == small.klass
    account = Account.objects.get(person=done.person)
    assert not account.has_usable_password()
    row = AuditRow.objects.get(deed="people.person_enrolled")
    assert resident() not in str(row.details)


def test_nobody_is_registered_twice(small: School) -> None:
    first = enrol(small)
    again = enrol(small)
    assert again.person == first.person
    assert again.deed == Deed.SAME
    assert Person.objects.filter(name=NAME).count() == 1


def test_another_name_under_the_number_is_refused(small: School) -> None:
    """A phone is shared in families: under its number alone another name is another person's."""
    teacher = {"role": Role.TEACHER, "numbers": {IdentifierKind.PHONE: PHONE}}
    enrol(small, **teacher)
    with pytest.raises(CannotEnrol, match="另一个名字") as refused:
        enrol(small, name="龙门踏歌", **teacher)
    assert refused.value.field == "name"
    assert not Person.objects.filter(name="龙门踏歌").exists()


def test_a_pupil_of_another_school_is_transferred_not_registered(small: School) -> None:
    other = school("2141970002", "示例第二小学", OTHER_COUNTY)
    county = actor_at(Role.PROVINCE_ADMIN, small.county)
    new = NewAtSchool(role=Role.PUPIL, name=NAME, numbers={IdentifierKind.RESIDENT_ID: resident()})
    with pytest.raises(NotAllowed):
        enrol_person(by=county, school=other, new=new, now=NOON)
    enrol_person(by=actor_at(Role.SCHOOL_ADMIN, other), school=other, new=new, now=NOON)
    with pytest.raises(CannotEnrol, match="另一所学校"):
        enrol(small)
    assert Person.objects.get(name=NAME).posts.count() == 1


@pytest.mark.parametrize(
    ("facts", "refusal"),
    [
        ({"numbers": {}}, NumberMissing),
        ({"name": " "}, PersonNameMissing),
        ({"sex": "2"}, SexMismatch),
        ({"born_on": date(2016, 5, 5)}, BirthdayMismatch),
    ],
)
def test_what_cannot_stand_is_refused_beside_its_field(
    small: School, facts: dict[str, object], refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        enrol(small, **facts)
    assert not Person.objects.filter(name=NAME).exists()


def test_a_class_of_another_school_is_refused(small: School) -> None:
    elsewhere: Klass = klass(school("2141970003", "示例第三小学"))
    with pytest.raises(NotAClassHere):
        enrol(small, klass=elsewhere)


def test_only_those_in_charge_register(small: School) -> None:
    teacher = actor_at(Role.TEACHER, small.school, small.teacher)
    new = NewAtSchool(role=Role.PUPIL, name=NAME, numbers={IdentifierKind.RESIDENT_ID: resident()})
    with pytest.raises(NotAllowed):
        enrol_person(by=teacher, school=small.school, new=new, now=NOON)
    with pytest.raises(NotAllowed):
        enrol(small, role=Role.SCHOOL_ADMIN, numbers={IdentifierKind.PHONE: PHONE})


def test_a_guardian_of_two_children_is_one_person(small: School) -> None:
    admin = actor_at(Role.SCHOOL_ADMIN, small.school, small.admin)
    second = enrol(small).person
    numbers = {IdentifierKind.PHONE: PHONE}
    made = [
        register_guardian(
            by=admin, child=child, school=small.school, name="伊阙采薇", relation="母亲", numbers=numbers, now=NOON
        )
        for child in (small.pupil, second)
    ]
    assert made[0].guardian == made[1].guardian
    assert [one.masked for one in identifiers_of(made[0].guardian)] == ["100****0021"]
    with pytest.raises(AlreadyGuardian):
        register_guardian(
            by=admin, child=second, school=small.school, name="伊阙采薇", relation="", numbers=numbers, now=NOON
        )
    assert Guardianship.objects.count() == 2
