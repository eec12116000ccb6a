"""This app's share of the demo: every real bureau, and schools that do not exist; a few, a city's or a province's."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from heluo.kernel.actors.public import platform_actor
from heluo.kernel.clock.public import SchoolYear, local_day
from heluo.kernel.organisations.access import Permission
from heluo.kernel.organisations.demo.province import POINT_YEARS, Place, PlannedSchool
from heluo.kernel.organisations.demo.province import plan as plan_province
from heluo.kernel.organisations.demo.share import WITHIN, Progress, counties
from heluo.kernel.organisations.enums import OrganisationKind, Stage
from heluo.kernel.organisations.grades import GRADES, entry_years
from heluo.kernel.organisations.models import Organisation, Region, SchoolCodeIssue
from heluo.kernel.organisations.public import (
    NewClass,
    NewOrganisation,
    OrganisationFacts,
    bureau_of,
    found_bureaus,
    open_classes,
    open_classes_at_schools,
    open_organisations,
    open_school,
    open_teaching_point,
    region_with_code,
)
from heluo.kernel.organisations.school_types import school_types

DEMO = platform_actor("demo", Permission)


@dataclass(frozen=True, slots=True)
class DemoSchool:
    """An invented school under a real region. Its code is built by the rules from serials nobody was given."""

    name: str
    region_code: str
    school_type: str
    code: str
    grades: tuple[int, ...]


SCHOOLS = (
    DemoSchool("河洛示例小学", "410305", "211", "2141990001", (1, 3, 5)),
    DemoSchool("涧西示例第二小学", "410305", "211", "2141990002", (2,)),
    DemoSchool("涧西示例初级中学", "410305", "311", "3141990003", (1,)),
    DemoSchool("涧西示例高级中学", "410305", "342", "3441990004", (1,)),
    DemoSchool("金水示例小学", "410105", "211", "2141990005", (4,)),
    DemoSchool("金水示例九年一贯制学校", "410105", "312", "3141990006", (2,)),
    DemoSchool("兰考示例中心小学", "410225", "211", "2141990007", (6,)),
    DemoSchool("兰考示例初级中学", "410225", "311", "3141990008", (3,)),
)
TEACHING_POINT = "兰考示例中心小学桐花教学点"
TEACHING_POINT_CENTRE = "2141990007"
TEACHING_POINT_GRADES = (1,)


def build(*, size: str, say: Callable[[str], None], now: datetime) -> None:
    """Found all bureaus and open the demo's schools with their classes; does nothing twice.

    A large demo is built county by county, each in a transaction of its own where the caller opens none, and goes on
    where it was stopped.
    """
    made = found_bureaus(by=DEMO, now=now)
    say(f"教育主管部门 {made}")
    year = SchoolYear.on(local_day(now))
    known = set(Organisation.objects.filter(code__isnull=False).values_list("code", flat=True))
    for plan in SCHOOLS:
        if plan.code not in known:
            _build_school(plan, year, now)
            say(plan.name)
    if not Organisation.objects.filter(name=TEACHING_POINT).exists():
        centre = Organisation.objects.select_related("parent", "region").get(code=TEACHING_POINT_CENTRE)
        point = open_teaching_point(
            by=DEMO, name=TEACHING_POINT, centre=centre, region=centre.region, on=year.first_day, now=now
        )
        _build_classes(point, Stage.PRIMARY, TEACHING_POINT_GRADES, year, now)
        say(TEACHING_POINT)
    if size in WITHIN:
        _build_counties(size, year, say, now)


def _build_counties(size: str, year: SchoolYear, say: Callable[[str], None], now: datetime) -> None:
    """The schools of every county of a size, as the plan of the whole province has them."""
    found = counties(on=local_day(now))
    regions = {region.code: region for region in found}
    chosen = {code for code in regions if code.startswith(WITHIN[size])}
    progress = Progress(say, "县（市、区）的学校和班级", len(chosen))
    for code, planned, universities in plan_province([Place(region.code, region.name) for region in found]):
        if code not in chosen:
            continue
        if SchoolCodeIssue.objects.filter(code=planned[0].code).exists():
            progress.skip()
            continue
        _build_county(regions[code], planned, universities, year, now)
        progress.advance()


@transaction.atomic
def _build_county(
    region: Region,
    planned: Sequence[PlannedSchool],
    universities: Sequence[PlannedSchool],
    year: SchoolYear,
    now: datetime,
) -> None:
    """One county, all or nothing."""
    bureau = bureau_of(region.code, on=local_day(now))
    province = bureau_of(f"{region.code[:2]}0000", on=local_day(now))
    rows = [_row(one, region, bureau, year) for one in planned]
    rows += [_row(one, region, province, year) for one in universities]
    opened = open_organisations(by=DEMO, rows=rows, now=now)
    plans = [*planned, *universities]
    points = open_organisations(
        by=DEMO,
        rows=[
            NewOrganisation(
                kind=OrganisationKind.TEACHING_POINT,
                name=f"{school.name}第{number}教学点",
                region=region,
                parent=school,
                on=year.first_day,
            )
            for school, one in zip(opened, plans, strict=True)
            for number in range(1, one.points + 1)
        ],
        now=now,
    )
    rooms = [(school, _rooms(one, year)) for school, one in zip(opened, plans, strict=True) if one.per_year]
    stage, years = POINT_YEARS
    rooms += [(point, [NewClass(stage, year.starts - back, 1) for back in range(years)]) for point in points]
    open_classes_at_schools(by=DEMO, rows=rooms, now=now)


def _row(one: PlannedSchool, region: Region, above: Organisation, year: SchoolYear) -> NewOrganisation:
    return NewOrganisation(
        kind=OrganisationKind.SCHOOL,
        name=one.name,
        region=region,
        parent=above,
        on=year.first_day,
        school_type=one.school_type,
        code=one.code,
        facts=OrganisationFacts(
            address=one.address,
            founded_on=one.founded_on,
            founder=one.founder,
            run_by=one.run_by,
            settlement=one.settlement,
        ),
    )


def _rooms(one: PlannedSchool, year: SchoolYear) -> list[NewClass]:
    """As many classes as planned in every year of every stage the school teaches."""
    return [
        NewClass(stage, entry_year, number)
        for stage in school_types()[one.school_type].stages
        for entry_year in entry_years(stage, year)
        for number in range(1, one.per_year + 1)
    ]


def _build_school(plan: DemoSchool, year: SchoolYear, now: datetime) -> None:
    today = local_day(now)
    school = open_school(
        by=DEMO,
        name=plan.name,
        code=plan.code,
        school_type=plan.school_type,
        region=region_with_code(plan.region_code, on=today),
        parent=bureau_of(plan.region_code, on=today),
        on=year.first_day,
        now=now,
    )
    for stage in school_types()[plan.school_type].stages:
        _build_classes(school, stage, plan.grades, year, now)


def _build_classes(
    school: Organisation, stage: Stage, grades: tuple[int, ...], year: SchoolYear, now: datetime
) -> None:
    open_classes(
        by=DEMO,
        school=school,
        classes=[NewClass(stage, year.starts - grade + 1, 1) for grade in grades if grade <= len(GRADES[stage])],
        now=now,
    )
