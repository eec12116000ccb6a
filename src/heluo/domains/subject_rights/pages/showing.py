"""How requests look: tones, what is asked in words, the trail."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from heluo.domains.subject_rights.enums import RequestKind, RequestState
from heluo.domains.subject_rights.models import Request, Step
from heluo.kernel.clock.public import local_day, now
from heluo.kernel.holdings.public import holding_named
from heluo.kernel.pages.enums import Tone

TONES = {
    RequestState.OPEN: Tone.WAITING,
    RequestState.GRANTED: Tone.SUCCESS,
    RequestState.REFUSED: Tone.DANGER,
    RequestState.WITHDRAWN: Tone.NEUTRAL,
}


def title_of_holding(key: str) -> str:
    found = holding_named(key)
    return str(found.title) if found else _("其他信息")


def fact_in_words(request: Request) -> str:
    """The fact a correction is about. Its label is kept in Chinese, which is the key of every translation."""
    return _(request.label)


def asked_in_words(request: Request) -> str:
    """`更正姓名`, `删除收藏、评论`."""
    if request.kind == RequestKind.CORRECTION:
        return _("更正{fact}").format(fact=fact_in_words(request))
    return _("删除{holdings}").format(holdings="、".join(title_of_holding(key) for key in request.chosen))


def is_late(request: Request, today: date) -> bool:
    return request.is_open and request.due_on < today


@dataclass(frozen=True, slots=True)
class Row:
    """A request in a list."""

    request: Request
    title: str
    state: str
    tone: Tone
    is_late: bool


def rows_of(requests: Iterable[Request]) -> list[Row]:
    today = local_day(now())
    return [
        Row(one, asked_in_words(one), str(one.get_state_display()), TONES[RequestState(one.state)], is_late(one, today))
        for one in requests
    ]


def trail_of(steps: Iterable[Step], *, with_names: bool) -> list[dict[str, object]]:
    """Steps as the trail shows them. To the one who asked, a clerk is the organisation."""
    events = []
    for step in steps:
        names = [step.place.name] if step.place else []
        if with_names or not step.place:
            names.append(step.by_name)
        events.append({"title": step.get_kind_display(), "who": " · ".join(names), "at": step.at, "text": step.text})
    return events
