"""Bulk actions: a stored preview, applied as a whole, undone as a whole."""

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from heluo.domains.students.actions import (
    apply_bulk,
    discard_bulk,
    draft_division,
    draft_graduation,
    draft_merging,
    draft_promotion,
    register_change,
    set_row,
    swap_rows,
    undo_bulk,
)
from heluo.domains.students.enums import BulkState, ChangeKind, State
from heluo.domains.students.errors import (
    BulkSettled,
    ChangeNotAllowed,
    ClassesNeeded,
    LaterFactsDepend,
    NobodyThere,
    NothingToApply,
    PlanOutdated,
    RowChoiceWrong,
    TooEarlyToGraduate,
    UnknownInMarks,
)
from heluo.domains.students.models import BulkAction, BulkRow, StudentChange, StudentRecord
from heluo.kernel.actors.errors import NotAllowed
from heluo.kernel.audit.models import AuditRow
from heluo.kernel.organisations.models import Klass
from heluo.kernel.people.models import ClassMembership, Post
from tests.domains.students.conftest import House, make_house, records
from tests.domains.students.test_opening import together
from tests.register import NOON, TODAY, klass


def last_class(house: House, number: int = 1) -> Klass:
    """A class in its sixth year."""
    return klass(house.school, 2021, number)


def graduation(house: House, number: int = 3) -> BulkAction:
    records(house.clerk, last_class(house), number)
    return draft_graduation(by=house.clerk, school=house.school, stage="primary", entry_year=2021, on=TODAY, now=NOON)


def division(house: House, number: int = 6, **changes: object) -> BulkAction:
    records(house.clerk, house.third, number)
    given = {"classes": [house.third, house.third_2], "seed": "河洛", "marks": {}} | changes
    return draft_division(
        by=house.clerk,
        school=house.school,
        stage="primary",
        entry_year=2024,
        on=TODAY,
        now=NOON,
        **given,  # type: ignore[arg-type]  # named above
    )


def sizes(house: House) -> list[int]:
    return [ClassMembership.objects.filter(klass=room, ends_on=None).count() for room in (house.third, house.third_2)]


def test_a_preview_changes_nothing(house: House) -> None:
    bulk = graduation(house)
    assert bulk.rows.count() == 3
    assert StudentRecord.objects.filter(state=State.ENROLLED).count() == 3
    assert StudentChange.objects.count() == 3


def test_graduation_ends_the_records_of_a_year_group_and_undo_brings_everybody_back(house: House) -> None:
    bulk = graduation(house)
    completed = bulk.rows.first()
    assert completed is not None
    set_row(by=house.clerk, row=completed, kind=ChangeKind.COMPLETED, klass=None, now=NOON)
    apply_bulk(by=house.clerk, bulk=bulk, now=NOON)
    states = sorted(StudentRecord.objects.values_list("state", flat=True))
    assert states == [State.GRADUATED, State.GRADUATED, State.COMPLETED]
    assert not StudentRecord.objects.filter(ended_on=None).exists()
    assert not ClassMembership.objects.filter(ends_on=None).exists()
    assert AuditRow.objects.get(deed="students.bulk_applied").differences_count == 3

    undo_bulk(by=house.clerk, bulk=bulk, now=NOON)
    assert StudentRecord.objects.filter(state=State.ENROLLED, ended_on=None).count() == 3
    assert ClassMembership.objects.filter(klass__entry_year=2021, ends_on=None).count() == 3
    assert Post.objects.filter(role="pupil", ends_on=None).count() == 3
    assert BulkAction.objects.get().state == BulkState.UNDONE
    assert StudentChange.objects.filter(kind=ChangeKind.CORRECTED).count() == 3
    with pytest.raises(BulkSettled):
        undo_bulk(by=house.clerk, bulk=bulk, now=NOON)


def test_the_suspended_are_left_alone(house: House) -> None:
    [record] = records(house.clerk, last_class(house))
    register_change(
        by=house.clerk, record=record, kind=ChangeKind.SUSPENDED, on=TODAY, reason="10", document="1", now=NOON
    )
    bulk = draft_graduation(by=house.clerk, school=house.school, stage="primary", entry_year=2021, on=TODAY, now=NOON)
    assert bulk.rows.get().kind == ""
    with pytest.raises(NothingToApply):
        apply_bulk(by=house.clerk, bulk=bulk, now=NOON)


def test_a_preview_that_no_longer_fits_is_not_applied(house: House) -> None:
    bulk = graduation(house)
    record = StudentRecord.objects.first()
    assert record is not None
    register_change(
        by=house.clerk, record=record, kind=ChangeKind.CLASS_CHANGED, on=TODAY, klass=last_class(house, 2), now=NOON
    )
    with pytest.raises(PlanOutdated) as refused:
        apply_bulk(by=house.clerk, bulk=bulk, now=NOON)
    assert record.person.name in str(refused.value)


def test_what_later_depends_on_a_bulk_action_keeps_it_from_being_undone(house: House) -> None:
    bulk = division(house)
    apply_bulk(by=house.clerk, bulk=bulk, now=NOON)
    moved = bulk.rows.filter(change__isnull=False).first()
    assert moved is not None
    register_change(by=house.clerk, record=moved.record, kind=ChangeKind.DISCIPLINED, on=TODAY, document="1", now=NOON)
    with pytest.raises(LaterFactsDepend):
        undo_bulk(by=house.clerk, bulk=bulk, now=NOON)


def test_a_division_balances_classes_and_sexes_and_is_undone(house: House) -> None:
    bulk = division(house, 8)
    drawn = [row.to_klass_id for row in bulk.rows.all()]
    assert sorted(drawn.count(room.pk) for room in (house.third, house.third_2)) == [4, 4]
    apply_bulk(by=house.clerk, bulk=bulk, now=NOON)
    assert sizes(house) == [4, 4]
    undo_bulk(by=house.clerk, bulk=bulk, now=NOON)
    assert sizes(house) == [8, 0]


def test_the_same_seed_draws_the_same_and_pupils_change_places_by_hand(house: House) -> None:
    bulk = division(house)
    again = draft_division(
        by=house.clerk,
        school=house.school,
        stage="primary",
        entry_year=2024,
        classes=[house.third_2, house.third],
        seed="河洛",
        marks={},
        on=TODAY,
        now=NOON,
    )
    targets = {row.record_id: row.to_klass_id for row in bulk.rows.all()}
    assert targets == {row.record_id: row.to_klass_id for row in again.rows.all()}
    here = bulk.rows.filter(to_klass=house.third).select_related("bulk").first()
    there = bulk.rows.filter(to_klass=house.third_2).select_related("bulk").first()
    assert here is not None
    assert there is not None
    swap_rows(by=house.clerk, first=here, second=there, now=NOON)
    assert BulkRow.objects.get(pk=here.pk).to_klass == house.third_2
    with pytest.raises(RowChoiceWrong):
        swap_rows(by=house.clerk, first=here, second=here, now=NOON)
    assert AuditRow.objects.filter(deed="students.bulk_adjusted").count() == 1


def test_marks_are_by_platform_number_of_the_year_group(house: House) -> None:
    with pytest.raises(UnknownInMarks):
        division(house, marks={"P00000000000": Decimal(1)})


def test_a_division_needs_two_classes_of_the_year_group(house: House) -> None:
    for classes in ([house.third], [house.third, house.second], []):
        with pytest.raises(ClassesNeeded):
            division(house, classes=classes)


def test_merging_brings_the_pupils_of_other_classes_into_the_one_that_is_kept(house: House) -> None:
    records(house.clerk, house.third, 2)
    records(house.clerk, house.third_2, 2)
    bulk = draft_merging(
        by=house.clerk, school=house.school, kept=house.third, merged=[house.third_2], on=TODAY, now=NOON
    )
    apply_bulk(by=house.clerk, bulk=bulk, now=NOON)
    assert sizes(house) == [4, 0]
    with pytest.raises(NobodyThere):
        draft_merging(by=house.clerk, school=house.school, kept=house.third, merged=[house.third_2], on=TODAY, now=NOON)
    for merged in ([house.second], [house.third], []):
        with pytest.raises(ClassesNeeded):
            draft_merging(by=house.clerk, school=house.school, kept=house.third, merged=merged, on=TODAY, now=NOON)


def test_promotion_names_the_exceptions_and_the_stage_has_the_last_word(house: House) -> None:
    records(house.clerk, house.third, 2)
    bulk = draft_promotion(
        by=house.clerk, school=house.school, stage="primary", entry_year=2024, on=TODAY, document="1", now=NOON
    )
    first, second = bulk.rows.select_related("bulk")
    set_row(by=house.clerk, row=first, kind=ChangeKind.SKIPPED, klass=house.fourth, now=NOON)
    set_row(by=house.clerk, row=second, kind=ChangeKind.REPEATED, klass=house.second, now=NOON)
    with pytest.raises(ChangeNotAllowed):
        apply_bulk(by=house.clerk, bulk=bulk, now=NOON)
    set_row(by=house.clerk, row=second, kind=None, klass=None, now=NOON)
    apply_bulk(by=house.clerk, bulk=bulk, now=NOON)
    assert sorted(StudentRecord.objects.values_list("entry_year", flat=True)) == [2023, 2024]


def test_rows_take_only_what_belongs_to_their_action(house: House) -> None:
    bulk = graduation(house)
    row = bulk.rows.select_related("bulk")[0]
    with pytest.raises(RowChoiceWrong):
        set_row(by=house.clerk, row=row, kind=ChangeKind.EXPELLED, klass=None, now=NOON)
    with pytest.raises(RowChoiceWrong):
        set_row(by=house.clerk, row=row, kind=ChangeKind.COMPLETED, klass=klass(house.other_school, 2024, 1), now=NOON)


def test_a_discarded_preview_is_not_applied(house: House) -> None:
    bulk = graduation(house)
    discard_bulk(by=house.clerk, bulk=bulk, now=NOON)
    for deed in (apply_bulk, discard_bulk, undo_bulk):
        with pytest.raises(BulkSettled):
            deed(by=house.clerk, bulk=bulk, now=NOON)


def test_nobody_graduates_before_the_last_year(house: House) -> None:
    [record] = records(house.clerk, house.third)
    with pytest.raises(TooEarlyToGraduate):
        draft_graduation(by=house.clerk, school=house.school, stage="primary", entry_year=2024, on=TODAY, now=NOON)
    with pytest.raises(TooEarlyToGraduate):
        register_change(by=house.clerk, record=record, kind=ChangeKind.COMPLETED, on=TODAY, now=NOON)


def test_an_empty_year_group_has_no_preview(house: House) -> None:
    with pytest.raises(NobodyThere):
        draft_graduation(by=house.clerk, school=house.school, stage="primary", entry_year=2022, on=TODAY, now=NOON)


def test_a_stranger_prepares_applies_and_undoes_nothing(house: House) -> None:
    bulk = graduation(house)
    row = bulk.rows.select_related("bulk")[0]
    for deed in (
        lambda: draft_graduation(
            by=house.stranger, school=house.school, stage="primary", entry_year=2021, on=TODAY, now=NOON
        ),
        lambda: set_row(by=house.stranger, row=row, kind=None, klass=None, now=NOON),
        lambda: apply_bulk(by=house.stranger, bulk=bulk, now=NOON),
        lambda: undo_bulk(by=house.stranger, bulk=bulk, now=NOON),
        lambda: discard_bulk(by=house.stranger, bulk=bulk, now=NOON),
    ):
        with pytest.raises(NotAllowed):
            deed()


def test_applying_costs_the_same_for_two_and_for_six(house: House) -> None:
    def queries(number: int) -> int:
        records(house.clerk, last_class(house, number), number)
        bulk = draft_graduation(
            by=house.clerk, school=house.school, stage="primary", entry_year=2021, on=TODAY, now=NOON
        )
        with CaptureQueriesContext(connection) as seen:
            apply_bulk(by=house.clerk, bulk=bulk, now=NOON)
        return len(seen)

    assert queries(2) == queries(6)


@pytest.mark.django_db(transaction=True)
def test_of_two_who_apply_at_once_one_does() -> None:
    house = make_house()
    bulk = graduation(house)

    def deed() -> None:
        apply_bulk(by=house.clerk, bulk=bulk, now=NOON)

    assert together(deed, deed) == ["bulk_settled", "done"]
    assert StudentChange.objects.filter(kind=ChangeKind.GRADUATED).count() == 3
