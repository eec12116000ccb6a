"""How work items, trails and diagrams look."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from heluo.engines.process.durations import last_moment
from heluo.engines.process.enums import InstanceState, StepKind
from heluo.engines.process.loading import loaded
from heluo.engines.process.models import Instance, Pause, Step, WorkItem
from heluo.engines.process.queries import work_of
from heluo.engines.process.registry import Panel, has_panel
from heluo.engines.process.vocabulary import Form, called
from heluo.kernel.actors.public import page_of
from heluo.kernel.clock.public import local_day, working_days_since
from heluo.kernel.files.public import content_link
from heluo.kernel.pages.enums import Tone

TONES = {
    InstanceState.RUNNING: Tone.WAITING,
    InstanceState.FINISHED: Tone.SUCCESS,
    InstanceState.WITHDRAWN: Tone.NEUTRAL,
}


@dataclass(frozen=True, slots=True)
class Row:
    """A work item in a list."""

    item: WorkItem
    name: str
    place: str
    claimed: bool
    is_late: bool
    is_near: bool
    is_paused: bool
    due: datetime | None
    """The last moment in which it is in time."""
    overdue: int
    """Working days since the deadline."""

    @property
    def notice(self) -> str:
        """What the deadline asks for; empty while there is time."""
        if self.is_paused:
            return _("已暂停办理")
        if not self.is_late:
            return _("即将到期") if self.is_near else ""
        return _("已超期 {count} 个工作日").format(count=self.overdue) if self.overdue else _("已超期")

    @property
    def tone(self) -> Tone:
        if self.is_paused:
            return Tone.NEUTRAL
        return Tone.DANGER if self.is_late else Tone.WAITING


def rows_of(items: Iterable[WorkItem], now: datetime) -> list[Row]:
    """Work items as lists show them, late ones marked. One question to the calendar, and only if some are late."""
    shown = list(items)
    due = {item.pk: last_moment(item.due_at) for item in shown if item.due_at is not None}
    last_days = {item.pk: local_day(due[item.pk]) for item in shown if item.due_at is not None and item.due_at <= now}
    overdue = working_days_since(set(last_days.values()), local_day(now))
    return [
        Row(
            item=item,
            name=called(item.name),
            place=str(item.place or item.pool or ""),
            claimed=item.claimed_by is not None,
            is_late=item.due_at is not None and item.due_at <= now,
            is_near=item.warn_at is not None and item.warn_at <= now,
            is_paused=item.is_open and item.instance.is_paused,
            due=due.get(item.pk),
            overdue=overdue[last_days[item.pk]] if item.pk in last_days else 0,
        )
        for item in shown
    ]


@dataclass(frozen=True, slots=True)
class Event:
    """A line of the trail as the component shows it."""

    title: str
    who: str
    at: datetime
    text: str
    files: list["TrailFile"]


@dataclass(frozen=True, slots=True)
class TrailFile:
    """A file beside a line of the trail; without an address until it was scanned, and if a virus was found."""

    name: str
    size: int
    url: str


def events_of(instance: Instance, steps: Iterable[Step]) -> list[Event]:
    """The trail in words: what, who, when, and what was said; newest last."""
    forms = loaded(instance.definition_id).settings.forms
    return [_event(step, forms.get(step.element)) for step in steps]


def _event(step: Step, form: Form | None) -> Event:
    kind = StepKind(step.kind)
    title = _("{what}：{step}").format(what=kind.label, step=called(step.name)) if step.name else str(kind.label)
    said = [*(_answered(step, form) if form else ()), step.text]
    place = f"（{step.place.name}）" if step.place else ""
    who = f"{step.by_name}{place}" if step.by_person else ""
    files = [TrailFile(one.name, one.size, content_link(one) if one.is_readable else "") for one in step.files]
    return Event(title, who, step.at, "；".join(filter(None, said)), files)


def _answered(step: Step, form: Form) -> list[str]:
    lines = []
    for name, answer in form.properties.items():
        if name not in step.answers:
            continue
        value = step.answers[name]
        if titles := form.titles_of(name):
            chosen = value if isinstance(value, list) else [value]
            value = "、".join(called(titles[str(one)]) for one in chosen)
        elif isinstance(value, bool):
            value = _("是") if value else _("否")
        lines.append(_("{label}：{value}").format(label=called(answer.title), value=value))
    return lines


@dataclass(frozen=True, slots=True)
class Picture:
    """What the diagram component needs: where its file is, and which elements are current and passed."""

    url: str
    current: list[str]
    passed: list[str]
    label: str


def picture_of(instance: Instance, steps: Iterable[Step]) -> Picture:
    """The diagram of an instance as it stands."""
    passed = dict.fromkeys(element for step in steps for element in step.passed)
    waiting = list(work_of(instance).values_list("element", "name"))
    return Picture(
        url=reverse("process:diagram", args=[instance.uuid]),
        current=[element for element, _name in waiting],
        passed=list(passed),
        label=_("流程图，现在到：{steps}").format(steps="、".join(called(name) for _element, name in waiting))
        if waiting
        else _("流程图，已经结束"),
    )


def pause_words(pause: Pause | None) -> str:
    """Until when a process is paused; empty where it is not."""
    if pause is None:
        return ""
    if pause.until is None:
        return _("暂停期间不能办理，期限停止计算。由主管部门恢复。")
    return _("暂停期间不能办理，期限停止计算。{day} 自动恢复。").format(day=local_day(pause.until).isoformat())


def link_to_subject(instance: Instance, panel: Panel | None) -> str | SafeString:
    """What a process is about, leading to its page where the reader has one."""
    if panel is None and has_panel(instance.kind):
        return instance.title
    url = panel.url if panel else page_of(instance.kind, instance.subject)
    return format_html('<a href="{}">{}</a>', url, instance.title) if url else instance.title
