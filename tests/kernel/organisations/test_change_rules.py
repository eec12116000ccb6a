"""The change rules of the school code: merge, split, re-open, change of type; kinds with rules of their own; facts."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from heluo.kernel.actors.enums import Role
from heluo.kernel.actors.errors import NotAllowed, Refusal
from heluo.kernel.actors.public import Actor
from heluo.kernel.audit.models import AuditRow
from heluo.kernel.clock.public import SchoolYear
from heluo.kernel.codes.errors import UnknownCode, WrongCheckDigit, WrongLength
from heluo.kernel.codes.public import organisation_check, social_credit_check
from heluo.kernel.events.models import OutboxRow
from heluo.kernel.events.public import Announcement
from heluo.kernel.organisations.enums import ChangeKind, OrganisationKind, Stage
from heluo.kernel.organisations.errors import (
    AnswersToProvince,
    BeforeLastChange,
    ClassesOfOtherStages,
    ClassNotThere,
    CodeClassMismatch,
    CodeNeeded,
    CodeStays,
    CodeTaken,
    CreditCodeMissing,
    CreditCodeTaken,
    FactsUnchanged,
    FoundedInFuture,
    MalformedPhone,
    MalformedPostcode,
    MergedWithItself,
    NobodyToMerge,
    NoClassesChosen,
    NotASchool,
    NotClosed,
    NotEnglish,
    NotYet,
    OrganisationClosed,
    RegionHasBureau,
    WrongSuperior,
)
from heluo.kernel.organisations.events import ClassesMoved, OrganisationShut
from heluo.kernel.organisations.models import Klass, Organisation, SchoolCodeIssue
from heluo.kernel.organisations.public import (
    OrganisationFacts,
    Outcome,
    classes_as_of,
    classes_of,
    close_organisation,
    found_bureaus,
    merge_schools,
    move_organisation,
    open_institution,
    open_school,
    open_teaching_point,
    recode_school,
    record_facts,
    region_with_code,
    reopen_organisation,
    split_school,
    states_of,
)
from heluo.kernel.people.listeners import end_posts_of_the_shut, pupils_follow_their_classes
from heluo.kernel.people.models import ClassMembership, Post
from tests.kernel.organisations.test_actions import together
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
    klass,
    person,
    school,
)

REASON = "豫教发〔2026〕示例号"
YEAR = SchoolYear.on(TODAY)


def credit_code(serial: int) -> str:
    """A well-formed unified social credit code of nobody."""
    body = f"91410305{serial:08d}"
    body += organisation_check(body[8:])
    return body + social_credit_check(body)


@pytest.fixture
def tree(db: None) -> None:
    bureaus()


@pytest.fixture
def two(tree: None) -> tuple[Organisation, Organisation]:
    """Two primary schools of one county."""
    return school(name="示例东小学"), school("2141970002", "示例西小学")


def heard(name: str) -> list[dict[str, object]]:
    return [row.payload for row in OutboxRow.objects.filter(name=f"organisations.{name}")]


# -- merge ------------------------------------------------------------------------------------------------------------


def merge(
    into: Organisation, *merged: Organisation, by: Actor = CLERK, on: date = TODAY, **outcome: str
) -> Organisation:
    return merge_schools(by=by, into=into, merged=merged, outcome=Outcome(**outcome), reason=REASON, on=on, now=NOON)


def test_merged_schools_of_one_class_keep_one_code(two: tuple[Organisation, Organisation]) -> None:
    east, west = two
    klass(east, 2024, 1)
    moved = klass(west, 2024, 1)
    kept_number = klass(west, 2025, 1)
    point = open_teaching_point(by=CLERK, name="示例西小学点", centre=west, region=west.region, on=TERM_START, now=NOON)
    stays = merge(east, west, by=actor_at(Role.COUNTY_OFFICER, bureau(COUNTY)), name="示例联合小学")
    assert (stays.pk, stays.name, stays.code, stays.school_type) == (east.pk, "示例联合小学", "2141970001", "211")
    west.refresh_from_db()
    assert west.closed_on == TODAY
    assert SchoolCodeIssue.objects.get(code="2141970002").withdrawn_on == TODAY
    moved.refresh_from_db()
    kept_number.refresh_from_db()
    assert (moved.school, moved.number) == (east, 2)
    assert (kept_number.school, kept_number.number) == (east, 1)
    point.refresh_from_db()
    assert (point.parent, point.path) == (east, f"{east.path}{point.pk}.")
    row = AuditRow.objects.get(deed="organisations.schools_merged")
    assert (len(row.details["classes"]), row.details["teaching_points"]) == (2, 1)
    assert west.changes.all()[0].kind == ChangeKind.MERGED
    assert east.changes.filter(kind=ChangeKind.ABSORBED, other=west).exists()


def test_where_a_class_was_on_a_day_is_still_known(two: tuple[Organisation, Organisation]) -> None:
    east, west = two
    klass(east, 2024, 1)
    moved = klass(west, 2024, 1)
    merge(east, west)
    yesterday = TODAY - timedelta(days=1)
    assert [(one.pk, one.number) for one in classes_as_of(west, on=yesterday)] == [(moved.pk, 1)]
    assert moved.pk not in {one.pk for one in classes_as_of(east, on=yesterday)}
    assert [one.number for one in classes_as_of(east, on=TODAY)] == [1, 2]
    assert classes_as_of(west, on=TODAY) == []
    assert classes_of(east, year=YEAR).count() == 2
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM organisations_classmove")


def test_schools_of_different_classes_become_one_with_a_new_code(tree: None) -> None:
    primary, junior = school(), school("3141970002", "示例初中", school_type="311")
    klass(primary)
    with pytest.raises(CodeNeeded, match="31"):
        merge(junior, primary, school_type="312")
    with pytest.raises(ClassesOfOtherStages, match="小学"):
        merge(junior, primary, code="3141970003")
    stays = merge(junior, primary, school_type="312", code="3141970003")
    assert (stays.code, stays.school_type) == ("3141970003", "312")
    assert set(SchoolCodeIssue.objects.filter(withdrawn_on=TODAY).values_list("code", flat=True)) == {
        "2141970001",
        "3141970002",
    }
    assert [state.code for state in states_of(stays)] == ["3141970003", "3141970002"]


def test_a_merger_that_breaks_the_rules_is_refused(two: tuple[Organisation, Organisation]) -> None:
    east, west = two
    for refusal, arguments in (
        (NobodyToMerge, ((east,), {})),
        (MergedWithItself, ((east, east), {})),
        (CodeStays, ((east, west), {"code": "2141970003"})),
        (NotASchool, ((east, bureau(COUNTY)), {})),
        (NotYet, ((east, west), {"on": TODAY + timedelta(days=1)})),
        (BeforeLastChange, ((east, west), {"on": TERM_START - timedelta(days=1)})),
    ):
        with pytest.raises((refusal, OrganisationClosed) if refusal is BeforeLastChange else refusal):
            merge(*arguments[0], **arguments[1])  # type: ignore[arg-type]  # a table of arguments
    with pytest.raises(NotAllowed):
        merge(east, west, by=actor_at(Role.COUNTY_OFFICER, bureau(OTHER_COUNTY)))
    close_organisation(by=CLERK, organisation=west, reason=REASON, on=TODAY, now=NOON)
    with pytest.raises(OrganisationClosed):
        merge(east, west)


def test_a_merger_takes_its_county_not_anothers(two: tuple[Organisation, Organisation]) -> None:
    elsewhere = school("2141970009", "别县小学", OTHER_COUNTY)
    with pytest.raises(NotAllowed):
        merge(two[0], elsewhere, by=actor_at(Role.COUNTY_OFFICER, bureau(COUNTY)))
    merge(two[0], elsewhere, by=actor_at(Role.CITY_OFFICER, bureau(CITY)))


@pytest.mark.django_db(transaction=True)
def test_two_mergers_at_once_close_each_school_once() -> None:
    bureaus()
    east, west = school(name="东"), school("2141970002", "西")
    klass(west)
    results = together(lambda: merge(east, west), lambda: merge(west, east))
    assert sorted(type(result).__name__ for result in results) == ["Organisation", "OrganisationClosed"]
    assert Organisation.objects.filter(kind=OrganisationKind.SCHOOL, closed_on=None).count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_class_opened_while_its_school_is_merged_is_not_lost() -> None:
    bureaus()
    east, west = school(name="东"), school("2141970002", "西")
    together(lambda: merge(east, west), lambda: klass(west))
    assert not Klass.objects.filter(school=west, closed_on=None).exists()


def test_people_follow_the_school_and_pupils_the_class(two: tuple[Organisation, Organisation]) -> None:
    east, west = two
    room = klass(west)
    pupil = person(Role.PUPIL, west, "示例生", sits_in=room)
    teacher = person(Role.TEACHER, west, "示例师")
    admin = person(Role.SCHOOL_ADMIN, west, "示例管")
    merge(east, west)
    shut = [Announcement(event=OrganisationShut(organisation_id=west.uuid, successor_id=east.uuid), by=None, at=NOON)]
    passed = [
        Announcement(
            event=ClassesMoved(from_id=west.uuid, to_id=east.uuid, class_ids=(room.uuid,), on=TODAY), by=None, at=NOON
        )
    ]
    for _twice in range(2):
        pupils_follow_their_classes(passed)
        end_posts_of_the_shut(shut)
    for someone in (pupil, teacher):
        assert list(someone.posts.values_list("organisation__name", "starts_on", "ends_on")) == [
            (west.name, TERM_START, TODAY - timedelta(days=1)),
            (east.name, TODAY, None),
        ]
    assert Post.objects.get(person=admin).ends_on == TODAY
    assert ClassMembership.objects.get(person=pupil).ends_on is None
    assert heard("organisation_shut") == [{"organisation_id": str(west.uuid), "successor_id": str(east.uuid)}]


# -- split ------------------------------------------------------------------------------------------------------------


def split(
    one: Organisation, *classes: Klass, by: Actor = CLERK, code: str = "2141970005", school_type: str = "211"
) -> Organisation:
    return split_school(
        by=by,
        school=one,
        name="示例北小学",
        code=code,
        school_type=school_type,
        classes=classes,
        reason=REASON,
        on=TODAY,
        now=NOON,
    )


def test_a_split_off_school_gets_a_new_code_and_its_classes(tree: None) -> None:
    one = school()
    stays, goes = klass(one, 2024, 1), klass(one, 2024, 2)
    new = split(one, goes, by=actor_at(Role.COUNTY_OFFICER, bureau(COUNTY)))
    goes.refresh_from_db()
    stays.refresh_from_db()
    assert (goes.school, goes.number, stays.school) == (new, 2, one)
    assert (new.parent, new.code, new.opened_on) == (one.parent, "2141970005", TODAY)
    one.refresh_from_db()
    assert one.code == "2141970001"
    assert heard("classes_moved")[0]["to_id"] == str(new.uuid)


@pytest.mark.parametrize(
    ("refusal", "changes"),
    [
        (CodeTaken, {"code": "2141970001"}),
        (CodeClassMismatch, {"code": "3141970001"}),
        (ClassesOfOtherStages, {"code": "3141970001", "school_type": "311"}),
    ],
)
def test_a_split_that_breaks_the_rules_is_refused(tree: None, refusal: type[Refusal], changes: dict[str, str]) -> None:
    one = school()
    with pytest.raises(refusal):
        split(one, klass(one), **changes)  # type: ignore[arg-type]  # a table of arguments
    assert Klass.objects.get().school == one


def test_a_split_needs_classes_of_that_school(two: tuple[Organisation, Organisation]) -> None:
    with pytest.raises(NoClassesChosen):
        split(two[0])
    with pytest.raises(ClassNotThere):
        split(two[0], klass(two[1]))
    with pytest.raises(NotAllowed):
        split(two[0], klass(two[0]), by=actor_at(Role.SCHOOL_ADMIN, two[0]))


# -- re-open, change of type ------------------------------------------------------------------------------------------


def reopen(one: Organisation, by: Actor = CLERK, on: date = TODAY) -> Organisation:
    return reopen_organisation(by=by, organisation=one, reason=REASON, on=on, now=NOON)


def test_a_school_that_comes_back_has_its_old_code(tree: None) -> None:
    one = school()
    klass(one)
    close_organisation(by=CLERK, organisation=one, reason=REASON, on=date(2026, 9, 10), now=NOON)
    back = reopen(one, by=actor_at(Role.COUNTY_OFFICER, bureau(COUNTY)))
    assert (back.code, back.closed_on) == ("2141970001", None)
    assert SchoolCodeIssue.objects.get(code="2141970001").withdrawn_on is None
    assert klass(back).number == 1
    assert AuditRow.objects.filter(deed="organisations.organisation_reopened").count() == 1


def test_what_is_open_or_has_no_place_is_not_brought_back(tree: None) -> None:
    one = school()
    with pytest.raises(NotClosed):
        reopen(one)
    close_organisation(by=CLERK, organisation=one, reason=REASON, on=TODAY, now=NOON)
    with pytest.raises(BeforeLastChange):
        reopen(one, on=TODAY - timedelta(days=1))
    with pytest.raises(NotYet):
        reopen(one, on=TODAY + timedelta(days=1))
    with pytest.raises(NotAllowed):
        reopen(one, by=actor_at(Role.SCHOOL_ADMIN, one))
    home = bureau(COUNTY)
    close_organisation(by=CLERK, organisation=home, reason=REASON, on=TODAY, now=NOON)
    with pytest.raises(OrganisationClosed):
        reopen(one)


def test_a_bureau_whose_region_has_another_does_not_come_back(tree: None) -> None:
    home = bureau(COUNTY)
    close_organisation(by=CLERK, organisation=home, reason=REASON, on=TODAY, now=NOON)
    Organisation.objects.filter(pk=home.pk).update(uuid="00000000-0000-0000-0000-000000000001")
    assert found_bureaus(by=CLERK, now=NOON) == 1
    with pytest.raises(RegionHasBureau):
        reopen(home)


def recode(one: Organisation, school_type: str, code: str = "") -> Organisation:
    return recode_school(
        by=CLERK, organisation=one, school_type=school_type, code=code, reason=REASON, on=TODAY, now=NOON
    )


def test_the_code_stays_while_its_class_does(tree: None) -> None:
    junior = school("3141970002", "示例初中", school_type="311")
    with pytest.raises(CodeStays, match="3141970002"):
        recode(junior, "312", "3141970003")
    became = recode(junior, "312")
    assert (became.school_type, became.code) == ("312", "3141970002")
    assert became.changes.filter(kind=ChangeKind.RETYPED, before="初级中学", after="九年一贯制学校").exists()
    with pytest.raises(CodeNeeded, match="34"):
        recode(became, "341")
    assert recode(became, "312", "3141970004").code == "3141970004"


def test_a_type_must_teach_the_classes_that_are_there(tree: None) -> None:
    one = school()
    klass(one)
    with pytest.raises(ClassesOfOtherStages, match="小学"):
        recode(one, "311", "3141970002")
    with pytest.raises(NotASchool):
        recode(bureau(COUNTY), "211", "2141970003")


@pytest.mark.django_db(transaction=True)
def test_two_who_recode_at_once_leave_one_code_in_use() -> None:
    bureaus()
    one = school()
    together(lambda: recode(one, "311", "3141970002"), lambda: recode(one, "311", "3141970003"))
    one.refresh_from_db()
    assert [issue.code for issue in SchoolCodeIssue.objects.filter(withdrawn_on=None)] == [one.code]
    assert states_of(one)[0].code == one.code


# -- kinds ------------------------------------------------------------------------------------------------------------


def open_one(school_type: str, code: str, above: Organisation) -> Organisation:
    return open_school(
        by=CLERK,
        name="示例院校",
        code=code,
        school_type=school_type,
        region=region_with_code(COUNTY, on=TODAY),
        parent=above,
        on=TERM_START,
        now=NOON,
    )


@pytest.mark.parametrize(
    ("school_type", "code"),
    [
        ("111", "1141970001"),
        ("365", "3641970002"),
        ("514", "5141970003"),
        ("371", "3741970004"),
        ("351", "3541970005"),
        ("933", "9341970006"),
    ],
)
def test_each_type_has_its_class_of_code(tree: None, school_type: str, code: str) -> None:
    assert open_one(school_type, code, bureau(COUNTY)).code == code


def test_higher_education_answers_to_the_province(tree: None) -> None:
    with pytest.raises(AnswersToProvince, match="省级"):
        open_one("411", "4141099999", bureau(CITY))
    university = open_one("411", "4141099999", bureau(PROVINCE))
    with pytest.raises(AnswersToProvince):
        move_organisation(by=CLERK, organisation=university, parent=bureau(CITY), reason=REASON, now=NOON)


def open_firm(code: str, kind: OrganisationKind = OrganisationKind.ENTERPRISE, by: Actor = CLERK) -> Organisation:
    return open_institution(
        by=by,
        kind=kind,
        name="示例装备公司",
        credit_code=code,
        region=region_with_code(COUNTY, on=TODAY),
        parent=bureau(COUNTY),
        on=TERM_START,
        now=NOON,
    )


def test_firms_are_known_by_their_credit_code(tree: None) -> None:
    firm = open_firm(credit_code(1).lower(), by=actor_at(Role.COUNTY_OFFICER, bureau(COUNTY)))
    assert (firm.code, firm.credit_code, firm.kind) == (None, credit_code(1), OrganisationKind.ENTERPRISE)
    assert not firm.is_school
    with pytest.raises(CreditCodeTaken):
        open_firm(credit_code(1), OrganisationKind.TRAINING)
    with pytest.raises(CreditCodeMissing):
        open_firm(" ")
    with pytest.raises(WrongCheckDigit):
        open_firm(credit_code(2)[:-1] + ("0" if credit_code(2)[-1] != "0" else "1"))
    with pytest.raises(NotAllowed):
        open_firm(credit_code(3), by=actor_at(Role.SCHOOL_ADMIN, bureau(COUNTY)))
    with pytest.raises(WrongSuperior):
        move_organisation(by=CLERK, organisation=firm, parent=school(), reason=REASON, now=NOON)


@pytest.mark.django_db(transaction=True)
def test_two_firms_with_one_credit_code_become_one() -> None:
    bureaus()
    results = together(lambda: open_firm(credit_code(1)), lambda: open_firm(credit_code(1)))
    assert sorted(type(result).__name__ for result in results) == ["CreditCodeTaken", "Organisation"]


# -- facts ------------------------------------------------------------------------------------------------------------

FACTS = OrganisationFacts(
    english_name="Model Primary School",
    address="示例路 1 号",
    postcode="471000",
    phone="0379-00000000",
    founded_on=date(1956, 9, 1),
    founder="831",
    run_by="11",
    settlement="111",
)


def test_a_school_keeps_its_own_facts_with_history(tree: None) -> None:
    one = school()
    admin = actor_at(Role.SCHOOL_ADMIN, one)
    kept = record_facts(by=admin, organisation=one, facts=FACTS, now=NOON)
    assert (kept.postcode, kept.run_by, kept.settlement) == ("471000", "11", "111")
    assert [state.address for state in states_of(one)] == ["示例路 1 号", ""]
    row = AuditRow.objects.get(deed="organisations.organisation_described")
    assert row.details["postcode"] == {"before": "", "after": "471000"}
    with pytest.raises(FactsUnchanged):
        record_facts(by=admin, organisation=one, facts=FACTS, now=NOON)
    with pytest.raises(NotAllowed):
        record_facts(by=actor_at(Role.TEACHER, one), organisation=one, facts=OrganisationFacts(), now=NOON)


@pytest.mark.parametrize(
    ("facts", "refusal"),
    [
        ({"english_name": "示例 School"}, NotEnglish),
        ({"credit_code": "123"}, WrongLength),
        ({"postcode": "47100"}, MalformedPostcode),
        ({"phone": "无"}, MalformedPhone),
        ({"founded_on": TODAY + timedelta(days=1)}, FoundedInFuture),
        ({"founder": "000"}, UnknownCode),
        ({"run_by": "21"}, UnknownCode),
        ({"settlement": "9"}, UnknownCode),
    ],
)
def test_facts_that_cannot_be_are_refused(tree: None, facts: dict[str, str], refusal: type[Refusal]) -> None:
    with pytest.raises(refusal) as caught:
        record_facts(by=CLERK, organisation=school(), facts=OrganisationFacts(**facts), now=NOON)  # type: ignore[arg-type]  # a table of arguments
    assert "{" not in str(caught.value)


def test_a_vocational_school_is_run_by_its_own_table(tree: None) -> None:
    one = school("3641970001", "示例职校", school_type="365")
    assert record_facts(by=CLERK, organisation=one, facts=OrganisationFacts(run_by="21"), now=NOON).run_by == "21"
    assert Stage.VOCATIONAL in {Stage(klass(one, 2026, 1, Stage.VOCATIONAL).stage)}
