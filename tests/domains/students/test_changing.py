"""Changes by the rules of each stage, and corrections as new facts."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, InternalError, connection, transaction
from django.test.utils import CaptureQueriesContext

from heluo.domains.students.actions import amend_rule, correct_change, load_stage_rules, open_records, register_change
from heluo.domains.students.enums import BY_THEMSELVES, ChangeKind, State
from heluo.domains.students.errors import (
    AlreadyCorrected,
    AlreadyHasARecord,
    AlreadyUnderDiscipline,
    CannotBeCorrected,
    ChangeNotAllowed,
    ChangeOutOfState,
    ClassNeeded,
    ClassOfAnotherGrade,
    ClassOfAnotherSchool,
    CorrectionReasonNeeded,
    DayOutOfRange,
    DocumentNeeded,
    NotTheNewestChange,
    NotUnderDiscipline,
    ReasonNeeded,
    RecordEnded,
    SameClass,
    SourceNeeded,
    WhyNotNeeded,
)
from heluo.domains.students.models import StageRule, StudentChange, StudentRecord
from heluo.domains.students.queries.rules import offered_rules, rule_of
from heluo.kernel.actors.enums import Role
from heluo.kernel.actors.errors import NotAllowed
from heluo.kernel.audit.models import AuditRow
from heluo.kernel.codes.errors import UnknownCode
from heluo.kernel.codes.public import code_of
from heluo.kernel.organisations.enums import Stage
from heluo.kernel.people.models import ClassMembership, Post
from heluo.kernel.people.public import membership_of
from tests.domains.students.conftest import House, clerk_of, make_house, new_record, records
from tests.domains.students.test_opening import together
from tests.register import NOON, PROVINCE, TERM_START, TODAY, actor_at, bureau, klass

ILL = "10"


def seat(record: StudentRecord) -> object:
    membership = membership_of(record.person, on=TODAY)
    return membership.klass if membership else None


def suspend(house: House, record: StudentRecord) -> StudentChange:
    return register_change(
        by=house.clerk,
        record=record,
        kind=ChangeKind.SUSPENDED,
        on=TODAY,
        reason=ILL,
        document="休〔2026〕1号",
        now=NOON,
    )


def test_every_stage_has_a_rule_for_every_kind_and_every_code_is_of_the_table(db: None) -> None:
    assert set(StageRule.objects.values_list("stage", "kind")) == {
        (stage.value, kind.value) for stage in Stage for kind in ChangeKind
    }
    for code in StageRule.objects.exclude(code="").values_list("code", flat=True).distinct():
        code_of("pupil-change", code, on=TODAY)
    for state in State:
        code_of("pupil-status", state.value, on=TODAY)
    assert not StageRule.objects.filter(is_allowed=False, why_not="").exists()
    assert not StageRule.objects.filter(is_allowed=False, why_not_en="").exists()


def test_loading_the_rules_again_changes_nothing_the_province_amended(db: None) -> None:
    StageRule.objects.filter(stage=Stage.PRIMARY, kind=ChangeKind.SKIPPED).update(is_allowed=False, amended_at=NOON)
    load_stage_rules()
    assert not rule_of(Stage.PRIMARY, ChangeKind.SKIPPED).is_allowed
    assert StageRule.objects.count() == len(Stage) * len(ChangeKind)


def test_the_province_amends_a_rule_with_its_document(house: House) -> None:
    rule = rule_of(Stage.PRIMARY, ChangeKind.SKIPPED)
    given = {"is_allowed": False, "needs_reason": False, "needs_document": False, "now": NOON}
    province = actor_at(Role.PROVINCE_ADMIN, bureau(PROVINCE))
    with pytest.raises(NotAllowed):
        amend_rule(by=house.officer, rule=rule, why_not="不办", source="示例文件", **given)  # type: ignore[arg-type]  # named above
    with pytest.raises(SourceNeeded):
        amend_rule(by=province, rule=rule, why_not="不办", source=" ", **given)  # type: ignore[arg-type]  # named above
    with pytest.raises(WhyNotNeeded):
        amend_rule(by=province, rule=rule, why_not=" ", source="示例文件", **given)  # type: ignore[arg-type]  # named above
    amend_rule(by=province, rule=rule, why_not="不办", source="示例文件", **given)  # type: ignore[arg-type]  # named above
    load_stage_rules()
    amended = rule_of(Stage.PRIMARY, ChangeKind.SKIPPED)
    assert (amended.is_allowed, amended.source, amended.is_verified, amended.why) == (False, "示例文件", True, "不办")
    assert AuditRow.objects.filter(deed="students.rule_amended").count() == 1


@pytest.mark.parametrize("kind", [ChangeKind.EXPELLED, ChangeKind.WITHDRAWN, ChangeKind.REPEATED])
def test_compulsory_education_knows_no_expulsion_withdrawal_or_repeating(house: House, kind: ChangeKind) -> None:
    [record] = records(house.clerk, house.third)
    with pytest.raises(ChangeNotAllowed) as refused:
        register_change(
            by=house.clerk, record=record, kind=kind, on=TODAY, reason=ILL, document="1", klass=house.second, now=NOON
        )
    assert "义务教育阶段" in str(refused.value)
    assert kind not in {rule.kind for rule in offered_rules(record)}


def test_kinds_with_an_action_of_their_own_are_not_registered_by_form(house: House) -> None:
    [record] = records(house.clerk, house.third)
    for kind in BY_THEMSELVES:
        with pytest.raises(ChangeNotAllowed):
            register_change(by=house.clerk, record=record, kind=kind, on=TODAY, now=NOON)


def test_suspension_leaves_the_class_and_return_may_join_a_lower_grade(house: House) -> None:
    [record] = records(house.clerk, house.third)
    change = suspend(house, record)
    assert (change.code, change.from_klass, change.to_klass) == ("11", house.third, None)
    assert (seat(record), StudentRecord.objects.get().state) == (None, State.SUSPENDED)
    assert Post.objects.filter(person=record.person, ends_on=None).count() == 1, "still a pupil of the school"

    with pytest.raises(ChangeOutOfState):
        suspend(house, record)
    with pytest.raises(ClassOfAnotherGrade):
        register_change(by=house.clerk, record=record, kind=ChangeKind.RESUMED, on=TODAY, klass=house.fourth, now=NOON)
    register_change(by=house.clerk, record=record, kind=ChangeKind.RESUMED, on=TODAY, klass=house.second, now=NOON)
    back = StudentRecord.objects.get()
    assert (back.state, back.entry_year, seat(record)) == (State.ENROLLED, 2025, house.second)


def test_a_change_of_class_stays_in_the_grade_and_the_school(house: House) -> None:
    [record] = records(house.clerk, house.third)

    def move(klass_: object) -> None:
        register_change(
            by=house.clerk,
            record=record,
            kind=ChangeKind.CLASS_CHANGED,
            on=TODAY,
            klass=klass_,  # type: ignore[arg-type]  # also None
            now=NOON,
        )

    for klass_, refusal in (
        (None, ClassNeeded),
        (house.third, SameClass),
        (house.second, ClassOfAnotherGrade),
        (klass(house.other_school, 2024, 1), ClassOfAnotherSchool),
    ):
        with pytest.raises(refusal):
            move(klass_)
    move(house.third_2)
    assert seat(record) == house.third_2
    old = ClassMembership.objects.get(person=record.person, klass=house.third)
    assert old.ends_on == TODAY - timedelta(days=1)


def test_skipping_a_grade_moves_the_entry_year(house: House) -> None:
    [record] = records(house.clerk, house.third)
    register_change(
        by=house.clerk, record=record, kind=ChangeKind.SKIPPED, on=TODAY, document="1", klass=house.fourth, now=NOON
    )
    assert StudentRecord.objects.get().entry_year == 2023


def test_what_a_rule_asks_for_must_be_there(house: House) -> None:
    [record] = records(house.clerk, house.third)
    for reason, document, refusal in (("", "1", ReasonNeeded), (ILL, " ", DocumentNeeded), ("77", "1", UnknownCode)):
        with pytest.raises(refusal):
            register_change(
                by=house.clerk,
                record=record,
                kind=ChangeKind.SUSPENDED,
                on=TODAY,
                reason=reason,
                document=document,
                now=NOON,
            )


def test_the_day_lies_between_the_last_change_and_today(house: House) -> None:
    [record] = records(house.clerk, house.third)
    for day in (TODAY + timedelta(days=1), TERM_START - timedelta(days=1)):
        with pytest.raises(DayOutOfRange):
            register_change(
                by=house.clerk, record=record, kind=ChangeKind.CLASS_CHANGED, on=day, klass=house.third_2, now=NOON
            )


def test_an_end_takes_the_pupil_out_of_class_and_school(house: House) -> None:
    [record] = records(house.clerk, house.third)
    register_change(by=house.clerk, record=record, kind=ChangeKind.TRANSFERRED_OUT, on=TODAY, reason="99", now=NOON)
    ended = StudentRecord.objects.get()
    assert (ended.state, ended.ended_on, seat(record)) == (State.TRANSFERRED_OUT, TODAY, None)
    assert not Post.objects.filter(person=record.person, ends_on=None).exists()
    with pytest.raises(RecordEnded):
        suspend(house, record)


def test_discipline_is_given_once_and_lifted(house: House) -> None:
    [record] = records(house.clerk, house.third)

    def note(kind: ChangeKind) -> None:
        register_change(by=house.clerk, record=record, kind=kind, on=TODAY, document="处〔2026〕1号", now=NOON)

    with pytest.raises(NotUnderDiscipline):
        note(ChangeKind.DISCIPLINE_LIFTED)
    note(ChangeKind.DISCIPLINED)
    assert StudentRecord.objects.get().is_disciplined
    with pytest.raises(AlreadyUnderDiscipline):
        note(ChangeKind.DISCIPLINED)
    note(ChangeKind.DISCIPLINE_LIFTED)
    assert not StudentRecord.objects.get().is_disciplined


def test_strangers_teachers_and_the_province_register_nothing(house: House) -> None:
    [record] = records(house.clerk, house.third)
    for actor in (
        house.stranger,
        actor_at(Role.TEACHER, house.school),
        actor_at(Role.CITY_OFFICER, house.county.parent),
    ):  # type: ignore[arg-type]  # a county has one
        with pytest.raises(NotAllowed):
            register_change(
                by=actor, record=record, kind=ChangeKind.CLASS_CHANGED, on=TODAY, klass=house.third_2, now=NOON
            )


def test_changes_are_audited(house: House) -> None:
    [record] = records(house.clerk, house.third)
    register_change(by=house.clerk, record=record, kind=ChangeKind.DECEASED, on=TODAY, now=NOON)
    row = AuditRow.objects.get(deed="students.change_registered")
    assert (row.subject_id, row.details["change"]) == (str(record.uuid), ChangeKind.DECEASED)


# -- corrections ------------------------------------------------------------------------------------------------------


def test_a_correction_is_a_new_fact_that_restores_state_class_and_school(house: House) -> None:
    [record] = records(house.clerk, house.third)
    wrong = register_change(
        by=house.clerk, record=record, kind=ChangeKind.TRANSFERRED_OUT, on=TODAY, reason="99", now=NOON
    )
    correction = correct_change(by=house.clerk, change=wrong, reason="登记错人", now=NOON)
    back = StudentRecord.objects.get()
    assert (back.state, back.ended_on, seat(record)) == (State.ENROLLED, None, house.third)
    assert (correction.kind, correction.reverses, correction.to_state) == (ChangeKind.CORRECTED, wrong, State.ENROLLED)
    assert Post.objects.filter(person=record.person, ends_on=None).count() == 1
    assert StudentChange.objects.count() == 3


def test_only_the_newest_change_that_holds_is_corrected_and_once(house: House) -> None:
    [record] = records(house.clerk, house.third)
    first = suspend(house, record)
    second = register_change(
        by=house.clerk, record=record, kind=ChangeKind.RESUMED, on=TODAY, klass=house.third_2, now=NOON
    )
    with pytest.raises(NotTheNewestChange):
        correct_change(by=house.clerk, change=first, reason="错", now=NOON)
    with pytest.raises(CorrectionReasonNeeded):
        correct_change(by=house.clerk, change=second, reason=" ", now=NOON)
    correct_change(by=house.clerk, change=second, reason="错", now=NOON)
    with pytest.raises(AlreadyCorrected):
        correct_change(by=house.clerk, change=second, reason="错", now=NOON)
    correct_change(by=house.clerk, change=first, reason="错", now=NOON)
    back = StudentRecord.objects.get()
    assert (back.state, seat(record)) == (State.ENROLLED, house.third)


def test_an_opening_and_a_correction_are_not_corrected(house: House) -> None:
    [record] = records(house.clerk, house.third)
    with pytest.raises(CannotBeCorrected):
        correct_change(by=house.clerk, change=record.changes.get(), reason="错", now=NOON)


def test_an_end_is_not_undone_when_somebody_opened_another_record(house: House) -> None:
    [record] = records(house.clerk, house.third)
    wrong = register_change(
        by=house.clerk, record=record, kind=ChangeKind.CANCELLED, on=TERM_START, document="1", now=NOON
    )
    Post.objects.filter(person=record.person).update(ends_on=None)
    open_records(by=house.clerk, records=[new_record(record.person, house.third)], on=TODAY, now=NOON)
    with pytest.raises(AlreadyHasARecord):
        correct_change(by=house.clerk, change=wrong, reason="错", now=NOON)


def test_a_stranger_corrects_nothing(house: House) -> None:
    [record] = records(house.clerk, house.third)
    change = suspend(house, record)
    with pytest.raises(NotAllowed):
        correct_change(by=house.stranger, change=change, reason="错", now=NOON)


def test_the_database_keeps_every_fact(house: House) -> None:
    [record] = records(house.clerk, house.third)
    for attempt in (
        lambda: StudentChange.objects.update(note="改了"),
        lambda: StudentChange.objects.all().delete(),
    ):
        with pytest.raises((IntegrityError, InternalError)), transaction.atomic():
            attempt()
    assert record.changes.count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_clerks_who_register_at_once_the_second_sees_what_the_first_did() -> None:
    house = make_house()
    [record] = records(house.clerk, house.third)
    other = clerk_of(house.school)

    def deed(by: object) -> None:
        register_change(
            by=by,  # type: ignore[arg-type]  # an actor
            record=record,
            kind=ChangeKind.SUSPENDED,
            on=TODAY,
            reason=ILL,
            document="1",
            now=NOON,
        )

    assert together(lambda: deed(house.clerk), lambda: deed(other)) == ["change_out_of_state", "done"]


def test_a_change_costs_a_handful_of_statements(house: House) -> None:
    first, second = records(house.clerk, house.third, 2)

    def queries(record: StudentRecord) -> int:
        with CaptureQueriesContext(connection) as seen:
            suspend(house, record)
        return len(seen)

    assert queries(first) == queries(second)
