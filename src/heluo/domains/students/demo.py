"""This app's share of the demo: a record for every pupil, and some history."""

from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from heluo.domains.students.access import Permission
from heluo.domains.students.actions import NewRecord, open_records, raise_duplicates, register_change, request_transfer
from heluo.domains.students.enums import STAGE_DEFAULTS, ChangeKind
from heluo.domains.students.models import StudentRecord
from heluo.kernel.actors.enums import Role
from heluo.kernel.actors.public import platform_actor
from heluo.kernel.clock.public import SchoolYear, local_day
from heluo.kernel.organisations.demo import SCHOOLS, TEACHING_POINT
from heluo.kernel.organisations.demo.share import ONE_OF, Progress, filled_counties
from heluo.kernel.organisations.enums import Stage
from heluo.kernel.organisations.models import Klass, Organisation
from heluo.kernel.organisations.public import school_with_code
from heluo.kernel.people.access import Permission as PeoplePermission
from heluo.kernel.people.models import ClassMembership
from heluo.kernel.people.public import NewPerson, register_people

DEMO = platform_actor("demo", [*Permission, *PeoplePermission])
HOME_SCHOOL = "2141990001"
RECEIVING_SCHOOL = "2141990005"
SECOND_SCHOOL = "2141990007"
ILLNESS = "10"


def build(*, size: str, say: Callable[[str], None], now: datetime) -> None:
    """Open the records of the demo's pupils, in a large one county by county; does nothing twice."""
    year = SchoolYear.on(local_day(now))
    if not StudentRecord.objects.exists():
        with transaction.atomic():
            schools = Organisation.objects.filter(Q(code__in=[plan.code for plan in SCHOOLS]) | Q(name=TEACHING_POINT))
            made = open_records(
                by=DEMO,
                records=[_record_of(seat) for seat in _seats().filter(klass__school__in=schools)],
                on=year.first_day,
                now=now,
            )
            say(f"学籍 {len(made)}")
            _tell(made, now)
            _twice(made, now)
    if size in ONE_OF:
        _open_counties(size, year, say, now)


def _open_counties(size: str, year: SchoolYear, say: Callable[[str], None], now: datetime) -> None:
    """Records for everybody in a class of the filled schools who has none; each county all or nothing.

    Preschool has no 学籍 in the rules that were read.
    """
    counties = list(filled_counties(size, on=local_day(now)))
    progress = Progress(say, "县（市、区）的学籍", len(counties))
    open_ones = StudentRecord.objects.filter(person=OuterRef("person_id"), ended_on=None)
    for county in counties:
        codes = [school.code for school in county.schools]
        at_schools = Q(klass__school__code__in=codes) | Q(klass__school__parent__code__in=codes)
        seats = list(_seats().exclude(klass__stage=Stage.PRESCHOOL).filter(at_schools, ~Exists(open_ones)))
        if not seats:
            progress.skip()
            continue
        open_records(by=DEMO, records=[_record_of(seat) for seat in seats], on=year.first_day, now=now)
        progress.advance()


def _seats() -> QuerySet[ClassMembership]:
    return ClassMembership.objects.filter(ends_on=None).select_related("person", "klass__school__region").order_by("id")


def _record_of(seat: ClassMembership) -> NewRecord:
    stage = Stage(seat.klass.stage)
    category, length = STAGE_DEFAULTS[stage]
    return NewRecord(
        person=seat.person,
        school=seat.klass.school,
        stage=stage,
        entry_year=seat.klass.entry_year,
        category=category,
        length=length,
    )


def _tell(made: list[StudentRecord], now: datetime) -> None:
    """Two pupils of the home school with something to show: one at home for illness, one who came back."""
    home = [record for record in made if record.school.code == HOME_SCHOOL]
    today = local_day(now)
    seats = {
        seat.person_id: seat.klass for seat in ClassMembership.objects.filter(ends_on=None).select_related("klass")
    }
    for record in home[3:5]:
        register_change(
            by=DEMO,
            record=record,
            kind=ChangeKind.SUSPENDED,
            on=max(record.enrolled_on, today - timedelta(days=40)),
            reason=ILLNESS,
            document="示例〔2026〕12号",
            note="示例：附县级以上医院证明",
            now=now - timedelta(hours=2),
        )
    back = home[4]
    register_change(
        by=DEMO,
        record=back,
        kind=ChangeKind.RESUMED,
        on=today,
        klass=seats[back.person_id],
        note="示例：康复证明已核",
        now=now - timedelta(hours=1),
    )
    request_transfer(
        by=DEMO,
        record=home[1],
        to_school=school_with_code(RECEIVING_SCHOOL),
        klass=None,
        reason="示例：随父母迁居",
        now=now - timedelta(hours=1),
    )


def _twice(made: list[StudentRecord], now: datetime) -> None:
    """A pupil of the home school whom a school of another county registered once more, under a temporary number."""
    year = SchoolYear.on(local_day(now))
    pupil = next(record.person for record in reversed(made) if record.school.code == HOME_SCHOOL)
    room = Klass.objects.select_related("school__region").filter(school__code=SECOND_SCHOOL).order_by("id")[0]
    [again] = register_people(
        by=DEMO,
        people=[
            NewPerson(
                name=pupil.name,
                posts=((Role.PUPIL, room.school),),
                starts_on=year.first_day,
                born_on=pupil.born_on,
                klass=room,
            )
        ],
        now=now,
    )
    seat = ClassMembership.objects.select_related("person", "klass__school__region").get(person=again)
    open_records(by=DEMO, records=[_record_of(seat)], on=year.first_day, now=now)
    raise_duplicates(records=None, now=now)
