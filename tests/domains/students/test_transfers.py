"""Transfers: four decisions in turn, each with a due day, carried out with the last yes."""

from datetime import date

import pytest

from heluo.domains.students.actions import (
    decide_transfer,
    open_records,
    register_change,
    request_transfer,
    withdraw_transfer,
)
from heluo.domains.students.enums import ChangeKind, Party, State, TransferState
from heluo.domains.students.errors import (
    CannotTransferNow,
    ClassOfAnotherSchool,
    NotYourStep,
    RefusalNeedsComment,
    SameSchool,
    StageNotTaughtHere,
    StepAlreadyDecided,
    TransferReasonNeeded,
    TransferSettled,
    TransferUnderWay,
)
from heluo.domains.students.models import StudentRecord, TransferCase
from heluo.domains.students.queries.transfers import (
    current_step,
    record_known_by,
    steps_of,
    transfer_cases,
    waiting_transfers,
)
from heluo.kernel.actors.enums import Role
from heluo.kernel.actors.errors import NotAllowed
from heluo.kernel.actors.public import Actor
from heluo.kernel.codes.public import resident_check
from heluo.kernel.organisations.models import Klass
from heluo.kernel.people.models import Post
from heluo.kernel.people.public import membership_of
from tests.domains.students.conftest import House, clerk_of, make_house, new_record, pupils, records
from tests.domains.students.test_opening import together
from tests.register import NOON, OTHER_COUNTY, TODAY, actor_at, bureau, klass, school


def ask(house: House, record: StudentRecord, room: Klass | None = None, reason: str = "随父母迁居") -> TransferCase:
    return request_transfer(
        by=house.stranger, record=record, to_school=house.other_school, klass=room, reason=reason, now=NOON
    )


def decide(by: Actor, case: TransferCase, *, approve: bool = True, comment: str = "") -> TransferCase:
    step = current_step(steps_of(case))
    assert step is not None
    return decide_transfer(by=by, case=case, step=step, approve=approve, comment=comment, now=NOON)


def everybody(house: House) -> list[Actor]:
    """Who decides after the asking school, in turn."""
    return [actor_at(Role.COUNTY_OFFICER, bureau(OTHER_COUNTY)), house.clerk, house.officer]


def test_both_schools_and_both_bureaus_decide_and_the_last_yes_moves_the_pupil(house: House) -> None:
    [record] = records(house.clerk, house.third)
    room = klass(house.other_school, 2024, 1)
    case = ask(house, record, room)
    steps = steps_of(case)
    assert [step.party for step in steps] == list(Party)
    assert [step.due_on for step in steps] == [None, date(2026, 10, 23), None, None]
    for actor in everybody(house):
        assert waiting_transfers(actor).get() == case
        case = decide(actor, case)
        assert not waiting_transfers(actor).exists()
    moved = StudentRecord.objects.get()
    assert (case.state, moved.school, moved.state) == (TransferState.APPROVED, house.other_school, State.ENROLLED)
    seat = membership_of(record.person, on=TODAY)
    assert seat is not None
    assert seat.klass == room
    assert Post.objects.get(person=record.person, ends_on=None).organisation == house.other_school
    change = moved.changes.get(kind=ChangeKind.TRANSFERRED)
    assert (change.from_school, change.to_school, change.from_klass, change.to_klass) == (
        house.school,
        house.other_school,
        house.third,
        room,
    )
    assert case.change == change


def test_within_one_county_its_bureau_decides_once(house: House) -> None:
    [record] = records(house.clerk, house.third)
    near = school("2141970009", "近处小学")
    case = request_transfer(by=clerk_of(near), record=record, to_school=near, klass=None, reason="迁居", now=NOON)
    assert [step.party for step in steps_of(case)] == [Party.TO_SCHOOL, Party.TO_BUREAU, Party.FROM_SCHOOL]


def test_nobody_decides_out_of_turn(house: House) -> None:
    [record] = records(house.clerk, house.third)
    case = ask(house, record)
    for actor in (house.clerk, house.officer, house.stranger):
        with pytest.raises(NotYourStep):
            decide(actor, case)


def test_a_bureau_does_not_speak_for_its_school(house: House) -> None:
    [record] = records(house.clerk, house.third)
    case = ask(house, record)
    decide(everybody(house)[0], case)
    assert not waiting_transfers(house.officer).exists()
    with pytest.raises(NotYourStep):
        decide(house.officer, case)
    decide(house.clerk, case)
    assert waiting_transfers(house.officer).get() == case


def test_a_no_needs_a_reason_and_ends_it(house: House) -> None:
    [record] = records(house.clerk, house.third)
    case, officer = ask(house, record), everybody(house)[0]
    with pytest.raises(RefusalNeedsComment):
        decide(officer, case, approve=False)
    assert decide(officer, case, approve=False, comment="学位已满").state == TransferState.REFUSED
    assert StudentRecord.objects.get().school == house.school
    step = steps_of(case)[2]
    with pytest.raises(TransferSettled):
        decide_transfer(by=house.clerk, case=case, step=step, approve=True, comment="", now=NOON)
    ask(house, record)


def test_a_decision_on_an_old_page_does_not_fall_on_the_next_step(house: House) -> None:
    [record] = records(house.clerk, house.third)
    case = ask(house, record)
    old = steps_of(case)[1]
    decide(everybody(house)[0], case)
    with pytest.raises(StepAlreadyDecided):
        decide_transfer(by=house.clerk, case=case, step=old, approve=True, comment="", now=NOON)


def test_no_transfer_while_suspended_or_under_discipline_not_even_with_the_last_yes(house: House) -> None:
    first, second = records(house.clerk, house.third, 2)
    case = ask(house, second)
    register_change(
        by=house.clerk, record=first, kind=ChangeKind.SUSPENDED, on=TODAY, reason="10", document="1", now=NOON
    )
    register_change(by=house.clerk, record=second, kind=ChangeKind.DISCIPLINED, on=TODAY, document="1", now=NOON)
    with pytest.raises(CannotTransferNow):
        ask(house, first)
    receiving, sending, officer = everybody(house)
    for actor in (receiving, sending):
        decide(actor, case)
    with pytest.raises(CannotTransferNow):
        decide(officer, case)
    assert current_step(steps_of(case)) is not None


def test_what_cannot_be_asked_for(house: House) -> None:
    [record] = records(house.clerk, house.third)
    with pytest.raises(TransferReasonNeeded):
        ask(house, record, reason=" ")
    with pytest.raises(ClassOfAnotherSchool):
        ask(house, record, klass(house.other_school, 2023, 1))
    with pytest.raises(SameSchool):
        request_transfer(by=house.clerk, record=record, to_school=house.school, klass=None, reason="迁居", now=NOON)
    junior = school("3141970010", "某初中", school_type="311")
    with pytest.raises(StageNotTaughtHere):
        request_transfer(by=clerk_of(junior), record=record, to_school=junior, klass=None, reason="迁居", now=NOON)
    with pytest.raises(NotAllowed):
        request_transfer(
            by=house.clerk, record=record, to_school=house.other_school, klass=None, reason="迁居", now=NOON
        )
    ask(house, record)
    with pytest.raises(TransferUnderWay):
        ask(house, record)


def test_the_asking_school_takes_it_back(house: House) -> None:
    [record] = records(house.clerk, house.third)
    case = ask(house, record)
    with pytest.raises(NotAllowed):
        withdraw_transfer(by=house.clerk, case=case, now=NOON)
    assert withdraw_transfer(by=house.stranger, case=case, now=NOON).state == TransferState.WITHDRAWN
    assert set(transfer_cases(house.clerk)) == {case}
    assert not transfer_cases(actor_at(Role.SCHOOL_ADMIN, school("2141970011", "第三小学"))).exists()


def test_a_pupil_is_found_only_by_number_and_name_together(house: House) -> None:
    [who] = pupils(house.third)
    first_17 = f"999999{who.born_on:%Y%m%d}001"
    number = f"G{first_17}{resident_check(first_17)}"
    [record] = open_records(by=house.clerk, records=[new_record(who, house.third, number=number)], on=TODAY, now=NOON)
    assert record_known_by(number, who.name, on=TODAY) == record
    assert record_known_by(number, "别人", on=TODAY) is None


@pytest.mark.django_db(transaction=True)
def test_of_two_officers_who_approve_at_once_one_does() -> None:
    house = make_house()
    [record] = records(house.clerk, house.third)
    case = ask(house, record)
    step = steps_of(case)[1]

    def deed() -> None:
        decide_transfer(
            by=actor_at(Role.COUNTY_OFFICER, bureau(OTHER_COUNTY)),
            case=case,
            step=step,
            approve=True,
            comment="",
            now=NOON,
        )

    assert together(deed, deed) == ["done", "step_already_decided"]
