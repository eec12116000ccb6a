"""How records look on pages: facts, states, the timeline of changes."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from heluo.domains.students.enums import CATEGORIES, REASONS, Attendance, ChangeKind, State
from heluo.domains.students.models import StudentChange, StudentRecord
from heluo.domains.students.queries.records import SeenRecord, number_type_of, numbers_of, seats_of
from heluo.kernel.actors.public import actor_title
from heluo.kernel.clock.public import SchoolYear, local_day, now
from heluo.kernel.codes.public import names_of
from heluo.kernel.organisations.models import Klass
from heluo.kernel.pages.enums import Tone

Fact = tuple[str, object]

TONES = {
    State.ENROLLED: Tone.SUCCESS,
    State.SUSPENDED: Tone.WAITING,
    State.STOPPED: Tone.WAITING,
    State.PLACE_KEPT: Tone.WAITING,
    State.DROPPED_OUT: Tone.DANGER,
    State.GRADUATED: Tone.INFO,
    State.COMPLETED: Tone.INFO,
}
"""Every other state is an end without colour."""


def tone_of(state: str) -> Tone:
    return TONES.get(State(state), Tone.NEUTRAL)


def label_of(klass: Klass | None, on: date) -> str:
    """三年级（2）班 in the school year of a day."""
    return klass.label(SchoolYear.on(on)) if klass is not None else ""


@dataclass(frozen=True, slots=True)
class Row:
    """A record in a list."""

    record: StudentRecord
    number: str
    klass: str
    state: str
    tone: Tone


def rows_of(records: Iterable[StudentRecord], *, with_numbers: bool) -> list[Row]:
    """Records with their numbers and classes, in two queries for all."""
    today, shown = local_day(now()), list(records)
    people = [record.person_id for record in shown]
    numbers = numbers_of(people) if with_numbers else {}
    seats = seats_of(people, on=today)
    year = SchoolYear.on(today)
    return [
        Row(
            record=record,
            number=numbers.get(record.person_id, ""),
            klass=label_of(seats.get(record.person_id), today) or (record.grade(year) if not record.ended_on else ""),
            state=record.get_state_display(),
            tone=tone_of(record.state),
        )
        for record in shown
    ]


def facts_of(seen: SeenRecord) -> list[Fact]:
    """What is known about a record; numbers for those who may see them."""
    record, today = seen.record, local_day(now())
    seat = seats_of([record.person_id], on=today).get(record.person_id)
    facts: list[Fact] = []
    if seen.shows_numbers:
        number = numbers_of([record.person_id]).get(record.person_id, "")
        kind = number_type_of(number)
        facts.append((_("学籍号"), f"{number}（{kind.label}）" if kind else number))
    facts += [
        (_("学校"), record.school.name),
        (_("年级"), record.grade(SchoolYear.on(today)) if not record.ended_on else ""),
        (_("班级"), label_of(seat, today)),
        (_("学段"), record.get_stage_display()),
        (_("入学年"), record.entry_year),
        (_("学生类别"), names_of(CATEGORIES, on=today).get(record.category, "")),
        (_("学制"), _("{years} 年").format(years=record.length)),
        (_("就读方式"), Attendance(record.attendance).label),
        (_("原就读学校"), record.origin_school),
        (_("建籍日期"), record.enrolled_on.isoformat()),
    ]
    if record.ended_on:
        facts.append((_("终止日期"), record.ended_on.isoformat()))
    return [fact for fact in facts if fact[1] not in {"", None}]


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """A change as the timeline shows it."""

    change: StudentChange
    title: str
    who: str
    lines: list[tuple[str, str]]
    is_undone: bool


def timeline(changes: Iterable[StudentChange]) -> list[TimelineEntry]:
    """Changes in words, from what to what."""
    reasons = names_of(REASONS, on=local_day(now()))
    return [_entry(change, reasons) for change in changes]


def _entry(change: StudentChange, reasons: dict[str, str]) -> TimelineEntry:
    kind = ChangeKind(change.kind)
    title = str(kind.label)
    if change.reverses is not None:
        title = _("更正：撤销{day}的“{change}”").format(
            day=change.reverses.on.isoformat(), change=ChangeKind(change.reverses.kind).label
        )
    lines = [
        (_("学校"), _from_to(_name(change.from_school), _name(change.to_school))),
        (_("班级"), _from_to(label_of(change.from_klass, change.on), label_of(change.to_klass, change.on))),
        (_("入学年"), _from_to(str(change.from_entry_year or ""), str(change.to_entry_year or ""))),
        (
            _("状态"),
            _from_to(
                str(State(change.from_state).label) if change.from_state else "",
                str(State(change.to_state).label) if change.to_state else "",
            ),
        ),
        (_("原因"), reasons.get(change.reason, "")),
        (_("审批文号"), change.document),
        (_("说明"), change.note),
    ]
    return TimelineEntry(
        change=change,
        title=title,
        who=actor_title(change.by_name, change.by_person),
        lines=[(label, text) for label, text in lines if text],
        is_undone=hasattr(change, "reversed_by"),
    )


def _name(thing: object) -> str:
    return str(thing) if thing is not None else ""


def _from_to(before: str, after: str) -> str:
    """What changed; nothing where nothing did."""
    if before == after:
        return ""
    if before and after:
        return f"{before} → {after}"
    return after or _("{before} → 无").format(before=before)
