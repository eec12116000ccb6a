"""Pupils from school to school and class to class, and two entries that are one person."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from heluo.kernel.actors.enums import Role
from heluo.kernel.actors.errors import NotAllowed
from heluo.kernel.codes.public import resident_check
from heluo.kernel.people.enums import IdentifierKind
from heluo.kernel.people.errors import IdentifierTaken, NotAPupilHere
from heluo.kernel.people.models import Account, ClassMembership, Guardianship, Identifier, Person, Post
from heluo.kernel.people.public import (
    NewGuardianship,
    NewIdentifier,
    PupilMove,
    formal_numbers_of_others,
    formalise_student_numbers,
    membership_of,
    merge_people,
    move_pupils,
    record_guardianships,
    record_identifiers,
    reveal_identifier,
)
from tests.kernel.people.conftest import School
from tests.register import CLERK, NOON, OTHER_COUNTY, TERM_START, TODAY, actor_at, klass, person, school

BORN = date(2018, 3, 9)


def resident(serial: int) -> str:
    first_17 = f"999999{BORN:%Y%m%d}{serial:03d}"
    return first_17 + resident_check(first_17)


def number(who: Person, value: str, kind: IdentifierKind = IdentifierKind.STUDENT_NUMBER) -> Identifier:
    return record_identifiers(by=CLERK, identifiers=[NewIdentifier(who, kind, value)], now=NOON)[0]


def clear(who: Person, kind: IdentifierKind) -> str:
    keeper = person(Role.SCHOOL_ADMIN, Post.objects.filter(person=who)[0].organisation)
    row = Identifier.objects.select_related("person").get(person=who, kind=kind)
    place = Post.objects.filter(person=who).select_related("organisation")[0].organisation
    return reveal_identifier(by=actor_at(Role.SCHOOL_ADMIN, place, keeper), identifier=row, reason="核对测试", now=NOON)


def move(small: School, *moves: PupilMove, on: date = TODAY) -> None:
    move_pupils(by=actor_at(Role.SCHOOL_ADMIN, small.school), moves=moves, on=on, now=NOON)


def test_a_move_ends_the_old_place_the_day_before_and_begins_the_new_one(small: School) -> None:
    room = klass(small.school, 2024, 2)
    move(small, PupilMove(small.pupil, small.school, room))
    old, new = ClassMembership.objects.filter(person=small.pupil).order_by("id")
    assert (old.ends_on, new.klass, new.starts_on, new.ends_on) == (TODAY - timedelta(days=1), room, TODAY, None)
    assert Post.objects.get(person=small.pupil).ends_on is None


def test_a_place_that_began_the_same_day_is_replaced(small: School) -> None:
    rooms = [klass(small.school, 2024, place) for place in (2, 3)]
    for room in rooms:
        move(small, PupilMove(small.pupil, small.school, room))
    assert ClassMembership.objects.filter(person=small.pupil).count() == 2
    seat = membership_of(small.pupil, on=TODAY)
    assert seat is not None
    assert seat.klass == rooms[1]


def test_leaving_and_coming_back_the_same_day_leaves_one_open_place(small: School) -> None:
    for moved in (PupilMove(small.pupil, None), PupilMove(small.pupil, small.school, small.klass)):
        move(small, moved)
    assert Post.objects.filter(person=small.pupil, ends_on=None).count() == 1
    assert ClassMembership.objects.filter(person=small.pupil, ends_on=None).count() == 1
    move(small, PupilMove(small.pupil, None))
    assert not Post.objects.filter(person=small.pupil, ends_on=None).exists()
    move(small, PupilMove(small.pupil, small.school, small.klass))
    assert Post.objects.filter(person=small.pupil, ends_on=None).count() == 1


def test_what_is_so_already_stays_untouched(small: School) -> None:
    move(small, PupilMove(small.pupil, small.school, small.klass))
    assert ClassMembership.objects.get(person=small.pupil).starts_on == TERM_START


def test_a_class_belongs_to_the_school_of_the_move(small: School) -> None:
    with pytest.raises(NotAPupilHere):
        move(small, PupilMove(small.pupil, None, small.klass))


def test_both_schools_must_be_in_ones_care(small: School) -> None:
    other = school("2141970002", "别处小学", county=OTHER_COUNTY)
    with pytest.raises(NotAllowed):
        move(small, PupilMove(small.pupil, other))
    with pytest.raises(NotAllowed):
        move_pupils(by=actor_at(Role.SCHOOL_ADMIN, other), moves=[PupilMove(small.pupil, other)], on=TODAY, now=NOON)
    assert Post.objects.get(person=small.pupil).ends_on is None


def test_a_move_costs_the_same_for_two_and_for_six(small: School) -> None:
    def queries(count: int, entry_year: int) -> int:
        room, target = klass(small.school, entry_year, 5), klass(small.school, entry_year, 6)
        people = [person(Role.PUPIL, small.school, sits_in=room) for _place in range(count)]
        with CaptureQueriesContext(connection) as seen:
            move(small, *(PupilMove(who, small.school, target) for who in people))
        return len(seen)

    assert queries(2, 2023) == queries(6, 2025)


# -- numbers and merging ----------------------------------------------------------------------------------------------


def test_a_temporary_number_becomes_formal_from_the_resident_number(small: School) -> None:
    who = small.pupil
    number(who, f"L410305{BORN:%Y%m%d}AB12")
    assert formalise_student_numbers(by=CLERK, people=[who], now=NOON) == []
    number(who, resident(2), IdentifierKind.RESIDENT_ID)
    assert formalise_student_numbers(by=CLERK, people=[who], now=NOON) == [who]
    assert clear(who, IdentifierKind.STUDENT_NUMBER) == f"G{resident(2)}"


def test_a_formal_number_somebody_bears_is_not_given_twice(small: School) -> None:
    other = person(Role.PUPIL, small.school)
    number(other, f"G{resident(2)}")
    number(small.pupil, f"L410305{BORN:%Y%m%d}AB12")
    number(small.pupil, resident(2), IdentifierKind.RESIDENT_ID)
    with pytest.raises(IdentifierTaken):
        formalise_student_numbers(by=CLERK, people=[small.pupil], now=NOON)


def test_numbers_made_from_somebody_elses_are_found_batch_by_batch(small: School) -> None:
    owner = person(Role.PUPIL, small.school)
    honest = person(Role.PUPIL, small.school)
    number(honest, f"G{resident(4)}")
    number(honest, resident(4), IdentifierKind.RESIDENT_ID)
    number(small.pupil, f"G{resident(2)}")
    number(owner, resident(2), IdentifierKind.RESIDENT_ID)
    found, after = [], 0
    rounds = 0
    while after is not None:
        pairs, after = formal_numbers_of_others(after=after, size=1)
        found += pairs
        rounds += 1
    assert found == [(small.pupil.pk, owner.pk)]
    assert rounds == 3


def test_merging_passes_numbers_and_guardians_and_leaves_the_other_without_place_or_account(small: School) -> None:
    kept, other = (
        small.pupil,
        person(Role.PUPIL, small.school, username="p.other", sits_in=klass(small.school, 2024, 2)),
    )
    number(kept, f"L410305{BORN:%Y%m%d}AB12")
    number(other, f"G{resident(2)}")
    number(other, resident(2), IdentifierKind.RESIDENT_ID)
    both, only = (person(Role.GUARDIAN, small.school) for _place in range(2))
    record_guardianships(
        by=CLERK,
        guardianships=[
            NewGuardianship(both, kept, "", TERM_START),
            NewGuardianship(both, other, "", TERM_START),
            NewGuardianship(only, other, "祖父", TERM_START),
        ],
        now=NOON,
    )
    merge_people(by=CLERK, kept=kept, other=other, on=TODAY, now=NOON)
    assert clear(kept, IdentifierKind.STUDENT_NUMBER) == f"G{resident(2)}"
    assert clear(kept, IdentifierKind.RESIDENT_ID) == resident(2)
    assert clear(other, IdentifierKind.STUDENT_NUMBER).startswith("L")
    guards = set(Guardianship.objects.filter(ends_on=None).values_list("guardian_id", "child_id"))
    assert guards == {(both.pk, kept.pk), (only.pk, kept.pk)}
    assert not Post.objects.filter(person=other, ends_on=None).exists()
    assert membership_of(other, on=TODAY) is None
    assert not Account.objects.get(person=other).is_active


def test_a_stranger_merges_nobody(small: School) -> None:
    other = school("2141970002", "别处小学", county=OTHER_COUNTY)
    second = person(Role.PUPIL, other)
    with pytest.raises(NotAllowed):
        merge_people(by=actor_at(Role.SCHOOL_ADMIN, other), kept=small.pupil, other=second, on=TODAY, now=NOON)
