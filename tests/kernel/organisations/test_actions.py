"""What may happen to organisations: done, refused, and tried by two at once."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier

import pytest
from django.db import IntegrityError, connection, transaction
from pytest_django import DjangoAssertNumQueries

from heluo.kernel.actors.enums import Role
from heluo.kernel.actors.errors import NotAllowed, Refusal
from heluo.kernel.actors.public import PUBLIC_ACTOR
from heluo.kernel.audit.models import AuditRow
from heluo.kernel.clock.public import SchoolYear, Term
from heluo.kernel.codes.errors import UnknownCode, WrongLength
from heluo.kernel.organisations.enums import Level, OrganisationKind, Stage
from heluo.kernel.organisations.errors import (
    AlreadyThere,
    ClassExists,
    CodeClassMismatch,
    CodeOfAnotherProvince,
    CodeTaken,
    EntryYearUnlikely,
    ImpossibleTerm,
    NameMissing,
    NameUnchanged,
    NotASchoolType,
    OrganisationClosed,
    ReasonMissing,
    StageNotTaught,
    StillHasSubordinates,
    TreeCycle,
    WrongSuperior,
)
from heluo.kernel.organisations.models import Klass, Organisation, OrganisationChange, SchoolCodeIssue
from heluo.kernel.organisations.public import (
    NewClass,
    close_organisation,
    found_bureaus,
    move_organisation,
    open_classes,
    open_school,
    open_teaching_point,
    plan_term,
    recode_school,
    region_with_code,
    rename_organisation,
    term_on,
    term_plan,
)
from tests.register import (
    ANSWERS_TO_PROVINCE,
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
    school,
)

REASON = "豫教发〔2026〕示例号"


@pytest.fixture
def tree(db: None) -> None:
    bureaus()


# -- bureaus ----------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_every_region_gets_its_bureau_in_a_handful_of_statements(
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    with django_assert_max_num_queries(14):
        assert found_bureaus(by=CLERK, now=NOON) == 175
    assert found_bureaus(by=CLERK, now=NOON) == 0
    levels = {level: Organisation.objects.filter(level=level).count() for level in Level}
    assert levels == {Level.PROVINCE: 1, Level.CITY: 18, Level.COUNTY: 156, Level.SCHOOL: 0}
    assert OrganisationChange.objects.count() == 175
    assert AuditRow.objects.get().differences_count == 175


def test_bureaus_are_called_as_people_call_them(tree: None) -> None:
    names = [bureau(code).name for code in (PROVINCE, CITY, COUNTY, "410581", "410522", "419001")]
    assert names == [
        "河南省教育厅",
        "洛阳市教育局",
        "洛阳市涧西区教育局",
        "林州市教育局",
        "安阳县教育局",
        "济源市教育局",
    ]


def test_ten_counties_hang_under_the_province(tree: None) -> None:
    province = bureau(PROVINCE)
    assert Organisation.objects.filter(parent=province, level=Level.COUNTY).count() == 10
    county = bureau(ANSWERS_TO_PROVINCE)
    assert county.path == f"{province.pk}.{county.pk}."
    assert county.region.parent_id == bureau("410200").region_id
    assert "省直管" in county.parent_source
    inner = bureau(COUNTY)
    assert inner.path == f"{province.pk}.{bureau(CITY).pk}.{inner.pk}."


@pytest.mark.django_db
def test_only_the_platform_and_the_province_found_bureaus() -> None:
    with pytest.raises(NotAllowed):
        found_bureaus(by=PUBLIC_ACTOR, now=NOON)


# -- schools ----------------------------------------------------------------------------------------------------------


def test_a_school_opens_under_its_bureau_with_its_code(tree: None) -> None:
    officer = actor_at(Role.COUNTY_OFFICER, bureau(COUNTY))
    opened = open_school(
        by=officer,
        name="  河洛  示例小学 ",
        code="21 41 97 0001",
        school_type="211",
        region=region_with_code(COUNTY, on=TODAY),
        parent=bureau(COUNTY),
        on=TERM_START,
        now=NOON,
    )
    assert (opened.name, opened.code, opened.kind) == ("河洛 示例小学", "2141970001", OrganisationKind.SCHOOL)
    assert opened.path == f"{bureau(COUNTY).path}{opened.pk}."
    change = opened.changes.get()
    assert (change.by_person, change.after) == (officer.person_id, opened.name)
    row = AuditRow.objects.get(deed="organisations.organisation_opened")
    assert (row.subject_id, row.path) == (str(opened.uuid), opened.path)


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"code": "3141970001"}, CodeClassMismatch),
        ({"code": "2111970001"}, CodeOfAnotherProvince),
        ({"code": "214197000"}, WrongLength),
        ({"code": "9941970001"}, UnknownCode),
        ({"school_type": "218"}, NotASchoolType),
        ({"school_type": "119"}, NotASchoolType),
        ({"school_type": "000"}, UnknownCode),
        ({"name": "   "}, NameMissing),
    ],
)
def test_a_school_that_breaks_the_rules_is_refused(tree: None, changes: dict[str, str], refusal: type[Refusal]) -> None:
    wanted = {"name": "示例小学", "code": "2141970001", "school_type": "211"} | changes
    with pytest.raises(refusal) as caught:
        open_school(
            by=CLERK,
            region=region_with_code(COUNTY, on=TODAY),
            parent=bureau(COUNTY),
            on=TERM_START,
            now=NOON,
            **wanted,
        )
    assert "{" not in str(caught.value)
    assert not Organisation.objects.filter(kind=OrganisationKind.SCHOOL).exists()


def test_an_officer_opens_no_school_elsewhere(tree: None) -> None:
    with pytest.raises(NotAllowed):
        open_school(
            by=actor_at(Role.COUNTY_OFFICER, bureau(OTHER_COUNTY)),
            name="示例小学",
            code="2141970001",
            school_type="211",
            region=region_with_code(COUNTY, on=TODAY),
            parent=bureau(COUNTY),
            on=TERM_START,
            now=NOON,
        )


def test_a_code_is_never_given_out_again(tree: None) -> None:
    first = school("2141970001", "先办小学")
    close_organisation(by=CLERK, organisation=first, reason=REASON, on=TODAY, now=NOON)
    with pytest.raises(CodeTaken, match="2141970001"):
        school("2141970001", "后办小学")


def test_a_changed_type_brings_a_new_code_and_voids_the_old(tree: None) -> None:
    first = school("2141970001")
    recoded = recode_school(
        by=CLERK,
        organisation=first,
        school_type="312",
        code="3141970002",
        reason=REASON,
        on=TODAY,
        now=NOON,
    )
    assert (recoded.code, recoded.school_type, recoded.uuid) == ("3141970002", "312", first.uuid)
    assert SchoolCodeIssue.objects.get(code="2141970001").withdrawn_on == TODAY
    with pytest.raises(CodeTaken):
        school("2141970001", "另一小学")


def test_a_teaching_point_hangs_under_its_centre_without_a_code(tree: None) -> None:
    centre = school()
    point = open_teaching_point(
        by=actor_at(Role.COUNTY_OFFICER, bureau(COUNTY)),
        name="示例小学东村教学点",
        centre=centre,
        region=centre.region,
        on=TERM_START,
        now=NOON,
    )
    assert (point.code, point.school_type, point.parent) == (None, "218", centre)
    with pytest.raises(WrongSuperior):
        open_teaching_point(by=CLERK, name="点下点", centre=point, region=centre.region, on=TERM_START, now=NOON)


def test_a_school_does_not_open_its_own_teaching_points(tree: None) -> None:
    centre = school()
    with pytest.raises(NotAllowed):
        open_teaching_point(
            by=actor_at(Role.SCHOOL_ADMIN, centre), name="点", centre=centre, region=centre.region, on=TODAY, now=NOON
        )


# -- rename, move, close ----------------------------------------------------------------------------------------------


def test_a_renamed_school_keeps_its_code(tree: None) -> None:
    before = school()
    after = rename_organisation(
        by=actor_at(Role.COUNTY_OFFICER, bureau(COUNTY)),
        organisation=before,
        name="长葛路小学",
        reason=REASON,
        now=NOON,
    )
    assert (after.name, after.code, after.name_sort) == ("长葛路小学", before.code, "changgeluxiaoxue")
    change = after.changes.first()
    assert change is not None
    assert (change.before, change.after, change.reason) == ("示例小学", "长葛路小学", REASON)


@pytest.mark.parametrize(
    ("name", "reason", "refusal"),
    [("示例小学", REASON, NameUnchanged), ("", REASON, NameMissing), ("新名", " ", ReasonMissing)],
)
def test_a_name_needs_a_change_and_a_reason(tree: None, name: str, reason: str, refusal: type[Refusal]) -> None:
    with pytest.raises(refusal):
        rename_organisation(by=CLERK, organisation=school(), name=name, reason=reason, now=NOON)


def test_nobody_renames_moves_or_closes_their_own(tree: None) -> None:
    own = bureau(COUNTY)
    officer = actor_at(Role.COUNTY_OFFICER, own)
    with pytest.raises(NotAllowed):
        rename_organisation(by=officer, organisation=own, name="新名", reason=REASON, now=NOON)
    with pytest.raises(NotAllowed):
        move_organisation(by=officer, organisation=own, parent=own, reason=REASON, now=NOON)
    with pytest.raises(NotAllowed):
        close_organisation(by=officer, organisation=own, reason=REASON, on=TODAY, now=NOON)


def test_a_county_moves_with_all_its_schools_in_one_statement(tree: None) -> None:
    county, province = bureau(COUNTY), bureau(PROVINCE)
    schools = [school(f"214197000{number}", f"示例{number}小学") for number in range(3)]
    with_updates: list[str] = []

    def watch(execute: Callable[..., object], sql: str, *rest: object) -> object:
        if sql.lstrip().startswith("UPDATE organisations_organisation"):
            with_updates.append(sql)
        return execute(sql, *rest)

    with connection.execute_wrapper(watch):
        moved = move_organisation(by=CLERK, organisation=county, parent=province, reason=REASON, now=NOON)
    assert len(with_updates) == 1
    assert (moved.parent, moved.path) == (province, f"{province.pk}.{county.pk}.")
    for one in schools:
        one.refresh_from_db()
        assert (one.path, one.parent_id) == (f"{moved.path}{one.pk}.", county.pk)
    change = moved.changes.first()
    assert change is not None
    assert (change.before, change.after) == (bureau(CITY).name, province.name)


def test_a_cycle_is_refused_with_both_names(tree: None) -> None:
    city, county = bureau(CITY), bureau(COUNTY)
    with pytest.raises(TreeCycle) as caught:
        move_organisation(by=CLERK, organisation=city, parent=county, reason=REASON, now=NOON)
    assert city.name in str(caught.value)
    assert county.name in str(caught.value)
    with pytest.raises(TreeCycle):
        move_organisation(by=CLERK, organisation=city, parent=city, reason=REASON, now=NOON)


def test_a_move_needs_a_fitting_other_superior(tree: None) -> None:
    one, other = school(), school("2141970002", "另一小学")
    with pytest.raises(WrongSuperior):
        move_organisation(by=CLERK, organisation=one, parent=other, reason=REASON, now=NOON)
    with pytest.raises(AlreadyThere):
        move_organisation(by=CLERK, organisation=one, parent=bureau(COUNTY), reason=REASON, now=NOON)


def test_a_move_needs_the_right_on_both_sides(tree: None) -> None:
    one = school()
    with pytest.raises(NotAllowed):
        move_organisation(
            by=actor_at(Role.COUNTY_OFFICER, bureau(COUNTY)),
            organisation=one,
            parent=bureau(OTHER_COUNTY),
            reason=REASON,
            now=NOON,
        )
    moved = move_organisation(
        by=actor_at(Role.CITY_OFFICER, bureau(CITY)),
        organisation=one,
        parent=bureau(OTHER_COUNTY),
        reason=REASON,
        now=NOON,
    )
    assert moved.parent == bureau(OTHER_COUNTY)


def test_closing_keeps_the_facts(tree: None) -> None:
    one = school()
    room = klass(one)
    closed = close_organisation(by=CLERK, organisation=one, reason=REASON, on=TODAY, now=NOON)
    room.refresh_from_db()
    assert (closed.closed_on, room.closed_on, closed.code) == (TODAY, TODAY, "2141970001")
    with pytest.raises(OrganisationClosed):
        rename_organisation(by=CLERK, organisation=closed, name="新名", reason=REASON, now=NOON)
    with pytest.raises(OrganisationClosed):
        close_organisation(by=CLERK, organisation=closed, reason=REASON, on=TODAY, now=NOON)


def test_who_has_subordinates_is_not_closed(tree: None) -> None:
    school()
    with pytest.raises(StillHasSubordinates, match="1"):
        close_organisation(by=CLERK, organisation=bureau(COUNTY), reason=REASON, on=TODAY, now=NOON)


@pytest.mark.parametrize(
    "statement",
    ["UPDATE organisations_organisationchange SET reason = 'x'", "DELETE FROM organisations_organisationchange"],
)
def test_the_database_refuses_to_change_history(tree: None, statement: str) -> None:
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


# -- classes and terms ------------------------------------------------------------------------------------------------


def test_a_school_opens_its_classes(tree: None) -> None:
    one = school()
    opened = open_classes(
        by=actor_at(Role.SCHOOL_ADMIN, one),
        school=one,
        classes=[NewClass(Stage.PRIMARY, 2024, 1), NewClass(Stage.PRIMARY, 2027, 1)],
        now=NOON,
    )
    assert [row.label(SchoolYear(2026)) for row in opened] == ["三年级（1）班", "未入学（1）班"]
    assert opened[0].label(SchoolYear(2027)) == "四年级（1）班"
    assert opened[0].label(SchoolYear(2030)) == "已毕业（1）班"


@pytest.mark.parametrize(
    ("new", "refusal"),
    [
        (NewClass(Stage.JUNIOR, 2026, 1), StageNotTaught),
        (NewClass(Stage.PRIMARY, 2020, 1), EntryYearUnlikely),
        (NewClass(Stage.PRIMARY, 2028, 1), EntryYearUnlikely),
        (NewClass(Stage.PRIMARY, 2024, 1), ClassExists),
    ],
)
def test_an_impossible_class_is_refused(tree: None, new: NewClass, refusal: type[Refusal]) -> None:
    one = school()
    klass(one)
    with pytest.raises(refusal):
        open_classes(by=CLERK, school=one, classes=[NewClass(Stage.PRIMARY, 2025, 9), new], now=NOON)
    assert Klass.objects.count() == 1


def test_a_teacher_opens_no_class(tree: None) -> None:
    one = school()
    with pytest.raises(NotAllowed):
        open_classes(by=actor_at(Role.TEACHER, one), school=one, classes=[], now=NOON)


def test_the_nearest_plan_of_a_term_holds(tree: None) -> None:
    one, term = school(), Term(SchoolYear(2026), 1)
    assert term_plan(one, term) is None
    assert term_on(one, date(2026, 9, 1)) == term
    for at, last in ((bureau(PROVINCE), date(2027, 1, 20)), (bureau(COUNTY), date(2027, 2, 5))):
        plan_term(by=CLERK, organisation=at, term=term, starts_on=date(2026, 8, 31), ends_on=last, now=NOON)
    plan = term_plan(one, term)
    assert plan is not None
    assert plan.ends_on == date(2027, 2, 5)
    assert term_on(one, date(2027, 2, 3)) == term
    assert term_on(bureau(OTHER_COUNTY), date(2027, 2, 3)) == Term(SchoolYear(2026), 2)
    with pytest.raises(ImpossibleTerm):
        plan_term(by=CLERK, organisation=one, term=term, starts_on=TODAY, ends_on=TERM_START, now=NOON)


# -- two at once ------------------------------------------------------------------------------------------------------


def together(*deeds: Callable[[], object]) -> list[object]:
    """What each deed gave or which refusal it met, all begun at the same moment in threads of their own."""
    gate = Barrier(len(deeds))

    def run(deed: Callable[[], object]) -> object:
        try:
            gate.wait(timeout=120)
            return deed()
        except Refusal as refusal:
            return refusal
        finally:
            connection.close()

    with ThreadPoolExecutor(len(deeds)) as threads:
        return list(threads.map(run, deeds))


@pytest.mark.django_db(transaction=True)
def test_two_clerks_with_one_code_get_one_school() -> None:
    bureaus()
    results = together(lambda: school(name="甲校"), lambda: school(name="乙校"))
    assert sorted(type(result).__name__ for result in results) == ["CodeTaken", "Organisation"]
    assert Organisation.objects.filter(code="2141970001").count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_moves_at_once_make_no_cycle() -> None:
    bureaus()
    one, other = bureau(CITY), bureau("410100")
    results = together(
        lambda: move_organisation(by=CLERK, organisation=one, parent=bureau("410102"), reason=REASON, now=NOON),
        lambda: move_organisation(by=CLERK, organisation=other, parent=bureau(COUNTY), reason=REASON, now=NOON),
    )
    assert sorted(type(result).__name__ for result in results) == ["Organisation", "TreeCycle"]


@pytest.mark.django_db(transaction=True)
def test_a_school_that_opens_while_its_bureau_moves_lands_in_the_right_place() -> None:
    bureaus()
    together(
        lambda: move_organisation(
            by=CLERK, organisation=bureau(COUNTY), parent=bureau(PROVINCE), reason=REASON, now=NOON
        ),
        school,
    )
    opened = Organisation.objects.get(code="2141970001")
    assert opened.path == f"{bureau(COUNTY).path}{opened.pk}."


@pytest.mark.django_db(transaction=True)
def test_two_who_found_the_bureaus_make_them_once() -> None:
    results = together(
        lambda: found_bureaus(by=CLERK, now=NOON),
        lambda: found_bureaus(by=CLERK, now=NOON),
    )
    assert sorted(str(result) for result in results) == ["0", "175"]
