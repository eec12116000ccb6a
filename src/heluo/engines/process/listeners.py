"""What processes hear from elsewhere and of themselves, and who may follow which lists of work live.

Whoever must do something, or waited for something, is told of it by a notice: never twice of the same step.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from heluo.engines.process.actions import recount_deadlines
from heluo.engines.process.enums import InstanceState, ItemState, NoticeKind, StepKind
from heluo.engines.process.events import DeadlinesCame, ProcessMoved, StepHandedOver
from heluo.engines.process.loading import loaded
from heluo.engines.process.models import Instance, Step, WorkItem
from heluo.engines.process.queries import LIST, asked_of, lists_of
from heluo.engines.process.vocabulary import called
from heluo.kernel.actors.public import Actor
from heluo.kernel.calendar.events import CalendarChanged
from heluo.kernel.clock.public import local_day
from heluo.kernel.events.public import Announcement, followable, subscribe
from heluo.kernel.notices.public import News, notice_kind, settle_notices, tell_people
from heluo.kernel.pages.enums import Tone


@followable(LIST)
def _own_lists(actor: Actor, key: str) -> bool:
    return f"{LIST}:{key}" in lists_of(actor)


@subscribe(CalendarChanged)
def recount_after_the_calendar(announcements: Sequence[Announcement[CalendarChanged]]) -> None:
    """Deadlines in working days follow the calendar. Hearing it twice changes nothing."""
    recount_deadlines(
        since=min(heard.event.first for heard in announcements), now=max(heard.at for heard in announcements)
    )


# -- notices ----------------------------------------------------------------------------------------------------------


def _said(parameters: Mapping[str, str]) -> Mapping[str, str]:
    """The names of the diagram in the reader's language."""
    return {**parameters, "step": called(parameters.get("step", ""))}


SENTENCES = {
    NoticeKind.ASKED: (_("“{title}”等您办理：{step}"), Tone.WAITING),
    NoticeKind.RETURNED: (_("“{title}”退回到您这里：{step}"), Tone.WAITING),
    NoticeKind.HANDED: (_("“{title}”的一步转交给您办理：{step}"), Tone.WAITING),
    NoticeKind.NEAR: (_("“{title}”即将到期，请尽快办理：{step}"), Tone.WAITING),
    NoticeKind.OVER: (_("“{title}”已超期，请尽快办理：{step}"), Tone.DANGER),
    NoticeKind.FINISHED: (_("您发起的“{title}”已办结：{step}"), Tone.SUCCESS),
    NoticeKind.ENDED: (_("您发起的“{title}”已被终止办理。"), Tone.DANGER),
}
for _kind, (_sentence, _tone) in SENTENCES.items():
    notice_kind(_kind, title=_kind.label, sentence=_sentence, tone=_tone, said=_said)


@subscribe(ProcessMoved)
def tell_of_moves(announcements: Sequence[Announcement[ProcessMoved]]) -> None:
    """Who is asked now and who waited for the end is told; what was told of steps that are over counts as read.

    It looks at where the processes stand, so hearing it twice or late tells nothing that is no longer so.
    """
    now = max(heard.at for heard in announcements)
    movers = {heard.event.instance: heard.by for heard in announcements}
    instances = {one.pk: one for one in Instance.objects.filter(uuid__in=movers)}
    items = list(WorkItem.objects.filter(instance__in=instances))
    opened = [item for item in items if item.is_open]
    over = [str(item.uuid) for item in items if not item.is_open]
    if over:
        settle_notices(keys=over, now=now)
    done = set(
        Step.objects.filter(instance__in={item.instance_id for item in opened}, kind=StepKind.DONE).values_list(
            "instance", "element", "by_person"
        )
    )
    news = list(_ends(instances.values(), movers))
    asked = asked_of(opened, local_day(now))
    for item in opened:
        instance = instances[item.instance_id]
        for person in asked[item.pk] - {movers[instance.uuid]}:
            is_back = (item.instance_id, item.element, person) in done
            news.append(_about(item, instance, NoticeKind.RETURNED if is_back else NoticeKind.ASKED, person))
    tell_people(news=news, now=now)


@subscribe(StepHandedOver)
def tell_of_handed_over(announcements: Sequence[Announcement[StepHandedOver]]) -> None:
    """The colleague is told, if it is still theirs."""
    to = {heard.event.item: heard.event.to for heard in announcements}
    items = _open_items(to)
    news = [
        _about(item, item.instance, NoticeKind.HANDED, to[item.uuid])
        for item in items
        if item.claimed_by == to[item.uuid]
    ]
    tell_people(news=news, now=max(heard.at for heard in announcements))


@subscribe(DeadlinesCame)
def tell_of_deadlines(announcements: Sequence[Announcement[DeadlinesCame]]) -> None:
    """Everybody who could do the step, or who claimed it, is told."""
    now = max(heard.at for heard in announcements)
    kinds: dict[UUID, str] = {}
    for heard in announcements:
        kinds |= dict.fromkeys(heard.event.items, NoticeKind.OVER if heard.event.are_over else NoticeKind.NEAR)
    items = _open_items(kinds)
    asked = asked_of(items, local_day(now))
    tell_people(
        news=[
            _about(item, item.instance, kinds[item.uuid], person)
            for item in items
            if _still(item, now)
            for person in asked[item.pk]
        ],
        now=now,
    )


def _still(item: WorkItem, now: datetime) -> bool:
    """Whether its deadline is still near or over: it may have been moved or taken away meanwhile."""
    return any(at is not None and at <= now for at in (item.warn_at, item.due_at))


def _open_items(uuids: Collection[UUID]) -> list[WorkItem]:
    return list(WorkItem.objects.filter(uuid__in=uuids, state=ItemState.OPEN).select_related("instance"))


def _about(item: WorkItem, instance: Instance, kind: str, person: UUID) -> News:
    return News(
        person=person,
        kind=kind,
        key=str(item.uuid),
        url=reverse("process:work_item", args=[item.uuid]),
        parameters={"title": instance.title, "step": item.name},
    )


def _ends(instances: Collection[Instance], movers: Mapping[UUID, UUID | None]) -> Iterator[News]:
    """What became of processes, for who started them, unless it was they who ended them."""
    for instance in instances:
        if instance.is_running or instance.started_by in {None, movers[instance.uuid]}:
            continue
        is_finished = instance.state == InstanceState.FINISHED
        ends = loaded(instance.definition_id).model.diagram.elements
        end = ends[instance.ended_with].name if is_finished else ""
        assert instance.started_by is not None  # noqa: S101  # asked above
        yield News(
            person=instance.started_by,
            kind=NoticeKind.FINISHED if is_finished else NoticeKind.ENDED,
            key=str(instance.uuid),
            url=reverse("process:process", args=[instance.uuid]),
            parameters={"title": instance.title, "step": end},
        )
