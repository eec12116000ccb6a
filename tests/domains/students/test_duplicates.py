"""Pairs that may be one pupil: found within and across counties, settled by the bureaus, raised once."""

from datetime import date

import pytest
from django.db import IntegrityError, InternalError, transaction

from heluo.domains.students.actions import (
    confirm_number,
    judge_duplicate,
    open_records,
    order_search,
    raise_duplicates,
)
from heluo.domains.students.enums import ChangeKind, DuplicateState, Ground, State
from heluo.domains.students.errors import AlreadySettled, AlreadySpoken, DecisionReasonNeeded, KeptRecordNeeded
from heluo.domains.students.events import RecordsOpened
from heluo.domains.students.listeners import compare_the_new
from heluo.domains.students.models import DuplicateCase, DuplicateOpinion, StudentRecord
from heluo.domains.students.queries.duplicates import duplicate_cases, waiting_cases
from heluo.domains.students.queries.records import numbers_of
from heluo.kernel.actors.enums import Role
from heluo.kernel.actors.errors import NotAllowed
from heluo.kernel.actors.public import Actor
from heluo.kernel.codes.public import resident_check
from heluo.kernel.events.public import Announcement
from heluo.kernel.organisations.models import Klass
from heluo.kernel.people.enums import IdentifierKind
from heluo.kernel.people.errors import IdentifierTaken
from heluo.kernel.people.models import Guardianship, Person
from heluo.kernel.people.public import (
    NewGuardianship,
    NewIdentifier,
    NewPerson,
    record_guardianships,
    record_identifiers,
    register_people,
)
from tests.domains.students.conftest import House, make_house, new_record
from tests.domains.students.test_opening import together
from tests.register import CITY, CLERK, NOON, OTHER_COUNTY, TERM_START, TODAY, actor_at, bureau, klass, person

BORN = date(2018, 3, 9)


def resident(serial: int, born: date = BORN) -> str:
    first_17 = f"999999{born:%Y%m%d}{serial:03d}"
    return first_17 + resident_check(first_17)


def enrol(room: Klass, name: str = "河洛听雨", *, number: str = "", sex: str = "2", born: date = BORN) -> StudentRecord:
    [who] = register_people(
        by=CLERK,
        people=[
            NewPerson(
                name=name, posts=((Role.PUPIL, room.school),), starts_on=TERM_START, sex=sex, born_on=born, klass=room
            )
        ],
        now=NOON,
    )
    clerk = actor_at(Role.SCHOOL_ADMIN, room.school)
    [record] = open_records(by=clerk, records=[new_record(who, room, number=number)], on=TERM_START, now=NOON)
    return record


def across(house: House) -> DuplicateCase:
    """One pupil in two counties: with a formal number here, a temporary one there."""
    enrol(house.third, number=f"G{resident(2)}")
    enrol(klass(house.other_school, 2024, 1))
    assert raise_duplicates(records=None, now=NOON) == 1
    return DuplicateCase.objects.get()


def other_officer() -> Actor:
    return actor_at(Role.COUNTY_OFFICER, bureau(OTHER_COUNTY))


def judge(by: Actor, case: DuplicateCase, kept: StudentRecord | None, reason: str = "已核户口簿") -> DuplicateCase:
    return judge_duplicate(by=by, case=case, is_same=kept is not None, kept=kept, reason=reason, now=NOON)


def test_same_name_and_birthday_across_counties_go_to_both(house: House) -> None:
    case = across(house)
    assert case.grounds == [Ground.SAME_NAME]
    for officer in (house.officer, other_officer(), actor_at(Role.CITY_OFFICER, bureau(CITY))):
        assert waiting_cases(officer).get() == case
    assert not duplicate_cases(actor_at(Role.COUNTY_OFFICER, bureau("410105"))).exists()
    assert not duplicate_cases(house.clerk).exists()
    assert raise_duplicates(records=None, now=NOON) == 0


def test_another_birthday_sex_or_an_ended_record_is_no_suspicion(house: House) -> None:
    enrol(house.third)
    enrol(house.third_2, sex="1")
    enrol(house.third_2, born=date(2018, 3, 10))
    gone = enrol(house.third_2)
    StudentRecord.objects.filter(pk=gone.pk).update(ended_on=TODAY)
    assert raise_duplicates(records=None, now=NOON) == 0


def test_one_guardian_and_birthday_at_two_schools_with_a_temporary_number(house: House) -> None:
    here, there = enrol(house.third, "河洛听雨"), enrol(klass(house.other_school, 2024, 1), "河洛望舒")
    twin = enrol(house.third, "河洛知秋")
    guardian = person(Role.GUARDIAN, house.school)
    record_guardianships(
        by=CLERK,
        guardianships=[NewGuardianship(guardian, one.person, "", TERM_START) for one in (here, there, twin)],
        now=NOON,
    )
    raise_duplicates(records=None, now=NOON)
    pairs = {frozenset((case.first_id, case.second_id)) for case in DuplicateCase.objects.all()}
    assert pairs == {frozenset((here.person_id, there.person_id)), frozenset((twin.person_id, there.person_id))}
    assert {tuple(case.grounds) for case in DuplicateCase.objects.all()} == {(Ground.SAME_GUARDIAN,)}


def test_a_number_made_from_another_persons_resident_number(house: House) -> None:
    first = enrol(house.third, "河洛听雨", number=f"G{resident(2)}")
    second = enrol(house.fourth, "嵩云望舒", born=date(2017, 3, 9))
    Person.objects.filter(pk=second.person_id).update(born_on=BORN)
    owner = Person.objects.get(pk=second.person_id)
    record_identifiers(by=CLERK, identifiers=[NewIdentifier(owner, IdentifierKind.RESIDENT_ID, resident(2))], now=NOON)
    assert raise_duplicates(records=None, now=NOON) == 1
    case = DuplicateCase.objects.get()
    assert {case.first_id, case.second_id} == {first.person_id, second.person_id}
    assert case.grounds == [Ground.NUMBER_OF_OTHER]
    assert raise_duplicates(records=None, now=NOON) == 0


def test_a_record_just_opened_is_compared_at_once_and_heard_twice_changes_nothing(house: House) -> None:
    enrol(house.third)
    enrol(house.fourth, "无关的人")
    new = enrol(klass(house.other_school, 2024, 1))
    heard = Announcement(event=RecordsOpened(record_ids=(new.uuid,)), by=None, at=NOON)
    compare_the_new([heard])
    compare_the_new([heard])
    case = DuplicateCase.objects.get()
    assert new.person_id in {case.first_id, case.second_id}


def test_both_counties_agree_and_the_other_record_passes_into_the_kept_one(house: House) -> None:
    case = across(house)
    formal, temporary = sorted((case.first_record, case.second_record), key=lambda one: one.school != house.school)
    guardian = person(Role.GUARDIAN, house.other_school)
    record_guardianships(
        by=CLERK, guardianships=[NewGuardianship(guardian, temporary.person, "", TERM_START)], now=NOON
    )
    # They keep the record there: the number passes, too.
    assert judge(house.officer, case, temporary).state == DuplicateState.WAITING
    with pytest.raises(AlreadySpoken):
        judge(house.officer, case, temporary)
    settled = judge(other_officer(), case, temporary)
    assert (settled.state, settled.kept) == (DuplicateState.SAME, temporary)
    gone = StudentRecord.objects.get(pk=formal.pk)
    assert (gone.state, gone.ended_on) == (State.OTHER, TODAY)
    assert gone.changes.filter(kind=ChangeKind.MERGED).exists()
    numbers = numbers_of([formal.person_id, temporary.person_id])
    assert (numbers[temporary.person_id][0], numbers[formal.person_id][0]) == ("G", "L")
    assert StudentRecord.objects.get(ended_on=None) == temporary
    with pytest.raises(AlreadySettled):
        judge(other_officer(), case, temporary)


def test_guardians_pass_to_the_kept_entry(house: House) -> None:
    case = across(house)
    kept, goes = case.first_record, case.second_record
    guardian = person(Role.GUARDIAN, house.other_school)
    record_guardianships(by=CLERK, guardianships=[NewGuardianship(guardian, goes.person, "母亲", TERM_START)], now=NOON)
    judge(actor_at(Role.CITY_OFFICER, bureau(CITY)), case, kept)
    assert Guardianship.objects.get(ends_on=None).child_id == kept.person_id


def test_where_counties_differ_their_common_superior_settles_it(house: House) -> None:
    case = across(house)
    judge(house.officer, case, case.first_record)
    assert judge(other_officer(), case, None).state == DuplicateState.WAITING
    settled = judge(actor_at(Role.CITY_OFFICER, bureau(CITY)), case, None)
    assert settled.state == DuplicateState.DIFFERENT
    assert raise_duplicates(records=None, now=NOON) == 0


def test_within_one_county_its_officer_settles_it_alone(house: House) -> None:
    enrol(house.third)
    enrol(house.third_2)
    raise_duplicates(records=None, now=NOON)
    case = DuplicateCase.objects.get()
    assert judge(house.officer, case, None).state == DuplicateState.DIFFERENT


def test_a_judgement_needs_a_reason_and_a_record_to_keep(house: House) -> None:
    case = across(house)
    with pytest.raises(DecisionReasonNeeded):
        judge(house.officer, case, case.first_record, reason=" ")
    with pytest.raises(KeptRecordNeeded):
        judge_duplicate(by=house.officer, case=case, is_same=True, kept=None, reason="已核", now=NOON)


def test_strangers_judge_nothing_and_start_no_search(house: House) -> None:
    case = across(house)
    for actor in (house.clerk, house.stranger, actor_at(Role.COUNTY_OFFICER, bureau("410105"))):
        with pytest.raises(NotAllowed):
            judge(actor, case, None)
    with pytest.raises(NotAllowed):
        order_search(by=house.clerk, now=NOON)
    order_search(by=house.officer, now=NOON)


def test_opinions_stay(house: House) -> None:
    case = across(house)
    judge(house.officer, case, None)
    with pytest.raises((IntegrityError, InternalError)), transaction.atomic():
        DuplicateOpinion.objects.update(reason="改了")


def test_a_temporary_number_becomes_formal_after_the_comparison(house: House) -> None:
    record = enrol(house.third)
    assert not confirm_number(by=house.officer, record=record, document="比〔2026〕1号", now=NOON)
    record_identifiers(
        by=CLERK,
        identifiers=[NewIdentifier(record.person, IdentifierKind.RESIDENT_ID, resident(4))],
        now=NOON,
    )
    with pytest.raises(NotAllowed):
        confirm_number(by=house.clerk, record=record, document="1", now=NOON)
    assert confirm_number(by=house.officer, record=record, document="比〔2026〕1号", now=NOON)
    assert numbers_of([record.person_id])[record.person_id][0] == "G"
    assert not confirm_number(by=house.officer, record=record, document="1", now=NOON), "it is formal already"


def test_a_formal_number_that_another_bears_is_refused(house: House) -> None:
    enrol(house.third, number=f"G{resident(6)}")
    second = enrol(house.third_2, "嵩云望舒")
    record_identifiers(
        by=CLERK,
        identifiers=[NewIdentifier(second.person, IdentifierKind.RESIDENT_ID, resident(6))],
        now=NOON,
    )
    with pytest.raises(IdentifierTaken):
        confirm_number(by=house.officer, record=second, document="1", now=NOON)


@pytest.mark.django_db(transaction=True)
def test_of_two_officers_who_judge_at_once_one_settles_it() -> None:
    house = make_house()
    enrol(house.third)
    enrol(house.third_2)
    raise_duplicates(records=None, now=NOON)
    case = DuplicateCase.objects.get()
    assert together(lambda: judge(house.officer, case, None), lambda: judge(house.officer, case, None)) == [
        "already_settled",
        "done",
    ]
