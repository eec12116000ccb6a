"""Many organisations and classes at once: the rules of one, a few statements, one audit row; and the large demo."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from heluo.kernel.actors.enums import Role
from heluo.kernel.actors.errors import NotAllowed
from heluo.kernel.audit.models import AuditRow
from heluo.kernel.clock.public import SchoolYear
from heluo.kernel.organisations.demo import build
from heluo.kernel.organisations.demo.province import SORTS, Place, plan
from heluo.kernel.organisations.enums import Level, OrganisationKind, Stage
from heluo.kernel.organisations.errors import ClassExists, CodeTaken, CreditCodeTaken, RowRefused
from heluo.kernel.organisations.grades import GRADES
from heluo.kernel.organisations.models import (
    Klass,
    Organisation,
    OrganisationChange,
    OrganisationState,
    Region,
    SchoolCodeIssue,
)
from heluo.kernel.organisations.public import (
    NewClass,
    NewOrganisation,
    OrganisationFacts,
    open_classes_at_schools,
    open_organisations,
    open_school,
    region_with_code,
    search_organisations,
)
from heluo.kernel.organisations.school_types import school_types
from tests.kernel.organisations.test_actions import together
from tests.kernel.organisations.test_change_rules import credit_code
from tests.register import CLERK, COUNTY, NOON, OTHER_COUNTY, TERM_START, TODAY, actor_at, bureau, bureaus, school


@pytest.fixture
def tree(db: None) -> None:
    bureaus()


def new(number: int, **changes: object) -> NewOrganisation:
    row = NewOrganisation(
        kind=OrganisationKind.SCHOOL,
        name=f"示例第{number}小学",
        region=region_with_code(COUNTY, on=TODAY),
        parent=bureau(COUNTY),
        on=TERM_START,
        school_type="211",
        code=f"21419{number:05d}",
        facts=OrganisationFacts(postcode="471000", settlement="111"),
    )
    return replace(row, **changes)  # type: ignore[arg-type]  # a table of changes


def test_a_batch_writes_what_one_by_one_writes(tree: None) -> None:
    [one] = open_organisations(by=actor_at(Role.COUNTY_OFFICER, bureau(COUNTY)), rows=[new(1)], now=NOON)
    other = open_school(
        by=CLERK,
        name="示例第2小学",
        code="2141900002",
        school_type="211",
        region=region_with_code(COUNTY, on=TODAY),
        parent=bureau(COUNTY),
        on=TERM_START,
        facts=OrganisationFacts(postcode="471000", settlement="111"),
        now=NOON,
    )
    own = {"id", "uuid", "name", "code", "path", "words", "place_sort", "name_sort", "changed_at"}
    for model, key in ((Organisation, "pk"), (OrganisationState, "organisation"), (OrganisationChange, "organisation")):
        rows = [model.objects.filter(**{key: opened.pk}).values().get() for opened in (one, other)]  # type: ignore[attr-defined]  # each has objects
        for row in rows:
            for name in (*own, "organisation_id", "after", "by_person", "by_name"):
                row.pop(name, None)
        assert rows[0] == rows[1]
    stored = Organisation.objects.get(pk=one.pk)
    assert (stored.path, stored.postcode) == (f"{bureau(COUNTY).path}{one.pk}.", "471000")
    assert [found.pk for found in search_organisations(CLERK, "sldyxx")] == []
    assert {found.pk for found in search_organisations(CLERK, "示例第")} == {one.pk, other.pk}
    assert AuditRow.objects.get(deed="organisations.organisations_opened").differences_count == 1


def statements(deed: Callable[[], object]) -> int:
    with CaptureQueriesContext(connection) as caught:
        deed()
    return len(caught)


def test_a_batch_costs_the_same_statements_for_one_and_for_thirty(tree: None) -> None:
    one = [new(1)]
    thirty = [new(number) for number in range(2, 32)]
    assert statements(lambda: open_organisations(by=CLERK, rows=one, now=NOON)) == statements(
        lambda: open_organisations(by=CLERK, rows=thirty, now=NOON)
    )


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"code": "3141900003"}, "应以 21 开头"),
        ({"school_type": "411", "code": "4141090001"}, "省级"),
        ({"name": " "}, "请填写名称"),
        ({"facts": OrganisationFacts(settlement="9")}, "城乡类型"),
        ({"kind": OrganisationKind.ENTERPRISE, "school_type": ""}, "统一社会信用代码"),
    ],
)
def test_one_wrong_row_stops_the_batch_and_is_named(tree: None, changes: dict[str, object], words: str) -> None:
    with pytest.raises(RowRefused, match="第 2 行") as caught:
        open_organisations(by=CLERK, rows=[new(1), new(3, **changes)], now=NOON)
    assert words in str(caught.value)
    assert not Organisation.objects.filter(kind=OrganisationKind.SCHOOL).exists()


def test_a_code_given_out_before_or_twice_is_refused(tree: None) -> None:
    with pytest.raises(CodeTaken, match="2141900001"):
        open_organisations(by=CLERK, rows=[new(1), new(2, code="2141900001")], now=NOON)
    school("2141900001")
    with pytest.raises(CodeTaken, match="2141900001"):
        open_organisations(by=CLERK, rows=[new(2), new(1)], now=NOON)
    firm = {
        "kind": OrganisationKind.TRAINING,
        "school_type": "",
        "facts": OrganisationFacts(credit_code=credit_code(5)),
    }
    with pytest.raises(CreditCodeTaken, match=credit_code(5)):
        open_organisations(by=CLERK, rows=[new(8, **firm), new(9, **firm)], now=NOON)


def test_a_batch_needs_the_right_at_every_superior(tree: None) -> None:
    rows = [new(1), new(2, parent=bureau(OTHER_COUNTY))]
    with pytest.raises(NotAllowed):
        open_organisations(by=actor_at(Role.COUNTY_OFFICER, bureau(COUNTY)), rows=rows, now=NOON)
    centre = school()
    point = new(3, kind=OrganisationKind.TEACHING_POINT, parent=centre, facts=OrganisationFacts())
    with pytest.raises(NotAllowed):
        open_organisations(by=actor_at(Role.SCHOOL_ADMIN, centre), rows=[point], now=NOON)
    [opened] = open_organisations(by=actor_at(Role.COUNTY_OFFICER, bureau(COUNTY)), rows=[point], now=NOON)
    assert (opened.code, opened.school_type, opened.parent) == (None, "218", centre)


@pytest.mark.django_db(transaction=True)
def test_two_batches_with_one_code_open_one_school() -> None:
    bureaus()
    results = together(
        lambda: open_organisations(by=CLERK, rows=[new(1)], now=NOON),
        lambda: open_organisations(by=CLERK, rows=[new(1, name="另一小学")], now=NOON),
    )
    assert sorted(type(result).__name__ for result in results) == ["CodeTaken", "list"]
    assert SchoolCodeIssue.objects.count() == 1


def test_classes_of_many_schools_open_at_once(tree: None) -> None:
    schools = open_organisations(by=CLERK, rows=[new(1), new(2)], now=NOON)
    rooms = [NewClass(Stage.PRIMARY, 2026, number) for number in (1, 2)]
    assert open_classes_at_schools(by=CLERK, rows=[(one, rooms) for one in schools], now=NOON) == 4
    assert Klass.objects.filter(school__in=schools).count() == 4
    row = AuditRow.objects.get(deed="organisations.classes_opened")
    assert (row.differences_count, row.details["count"]) == (2, 4)
    with pytest.raises(ClassExists):
        open_classes_at_schools(by=CLERK, rows=[(schools[0], rooms[:1])], now=NOON)
    with pytest.raises(RowRefused, match="第 1 行"):
        open_classes_at_schools(by=CLERK, rows=[(schools[0], [NewClass(Stage.JUNIOR, 2026, 1)])], now=NOON)
    with pytest.raises(NotAllowed):
        open_classes_at_schools(by=actor_at(Role.SCHOOL_ADMIN, schools[0]), rows=[(schools[1], rooms)], now=NOON)


# -- the large demo ---------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_the_plan_is_as_large_as_the_province_and_always_the_same() -> None:
    regions = Region.objects.in_force(TODAY).filter(level=Level.COUNTY).order_by("code")
    places = [Place(region.code, region.name) for region in regions]
    counties = list(plan(places))
    assert counties == list(plan(places))
    schools = [one for _code, own, higher in counties for one in (*own, *higher)]
    points = sum(one.points for one in schools)
    classes = 2 * points + sum(
        one.per_year * sum(len(GRADES[stage]) for stage in school_types()[one.school_type].stages) for one in schools
    )
    assert (len(schools), points) == (51_000, 14_000)
    assert 440_000 < classes < 460_000
    assert len({one.name for one in schools}) == len({one.code for one in schools}) == len(schools)
    assert all("示例" in one.name for one in schools)
    assert Counter(one.school_type for one in schools)["111"] == SORTS[0].number
    assert min(len(own) for _code, own, _higher in counties) > 100


@pytest.mark.django_db
def test_the_demo_of_a_city_goes_on_where_it_stopped() -> None:
    said: list[str] = []
    build(size="city", say=said.append, now=NOON)
    schools = Organisation.objects.filter(kind=OrganisationKind.SCHOOL, region__code__startswith="4103")
    count, rooms = schools.count(), Klass.objects.count()
    assert count > 2000
    assert any("14/14" in line for line in said)
    assert not Organisation.objects.filter(kind=OrganisationKind.SCHOOL, region__code__startswith="4107").exists()
    build(size="city", say=said.append, now=NOON)
    assert (schools.count(), Klass.objects.count()) == (count, rooms)
    year = SchoolYear.on(TODAY)
    assert {klass.grade(year) for klass in Klass.objects.all()[:500]} <= {
        str(grade) for names in GRADES.values() for grade in names
    }
