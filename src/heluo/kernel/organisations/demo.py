"""This app's share of the demo: every real bureau, and a few schools that do not exist."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from heluo.kernel.actors.public import platform_actor
from heluo.kernel.clock.public import SchoolYear, local_day
from heluo.kernel.organisations.access import Permission
from heluo.kernel.organisations.enums import Stage
from heluo.kernel.organisations.grades import GRADES
from heluo.kernel.organisations.models import Organisation
from heluo.kernel.organisations.public import (
    NewClass,
    bureau_of,
    found_bureaus,
    open_classes,
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
    """Found all bureaus and open the demo's schools with their classes; does nothing twice."""
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
