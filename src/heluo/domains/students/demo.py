"""This app's share of the demo: a record for every pupil, and some history."""

from collections.abc import Callable
from datetime import datetime, timedelta

from heluo.domains.students.access import Permission
from heluo.domains.students.actions import NewRecord, open_records, register_change
from heluo.domains.students.enums import STAGE_DEFAULTS, ChangeKind
from heluo.domains.students.models import StudentRecord
from heluo.kernel.actors.public import platform_actor
from heluo.kernel.clock.public import SchoolYear, local_day
from heluo.kernel.organisations.enums import Stage
from heluo.kernel.people.access import Permission as PeoplePermission
from heluo.kernel.people.models import ClassMembership

DEMO = platform_actor("demo", [*Permission, *PeoplePermission])
HOME_SCHOOL = "2141990001"
ILLNESS = "10"


def build(*, size: str, say: Callable[[str], None], now: datetime) -> None:
    """Open the records of the demo's pupils; does nothing twice."""
    if StudentRecord.objects.exists():
        return
    year = SchoolYear.on(local_day(now))
    seats = (
        ClassMembership.objects.filter(ends_on=None).select_related("person", "klass__school__region").order_by("id")
    )
    made = open_records(by=DEMO, records=[_record_of(seat) for seat in seats], on=year.first_day, now=now)
    say(f"学籍 {len(made)}")
    _tell(made, now)


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
