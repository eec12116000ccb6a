"""Where quality stands: the score of an organisation, how it moved, and who below needs attention."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from heluo.domains.quality.access import Permission
from heluo.domains.quality.actions import order_run
from heluo.domains.quality.enums import ALL, RunState, TicketState
from heluo.domains.quality.errors import RunUnderWay
from heluo.domains.quality.events import RUN
from heluo.domains.quality.models import Run
from heluo.domains.quality.pages.showing import (
    dimensions_chart,
    history_chart,
    shown_scores,
    tone_of,
    words_of,
)
from heluo.domains.quality.queries import (
    branches_below,
    day_of_scores,
    history_of,
    newest_run,
    overdue,
    points_of,
    seen_organisations,
    starting_place,
    tickets_of,
)
from heluo.kernel.actors.errors import NotFound
from heluo.kernel.actors.public import Actor, allows
from heluo.kernel.clock.public import local_day, now
from heluo.kernel.organisations.models import Organisation
from heluo.kernel.pages.enums import Tone
from heluo.kernel.pages.fragments import page_response
from heluo.kernel.pages.keyset import keyset_page
from heluo.kernel.pages.rules import PageRequest, reads, writes
from heluo.kernel.search.public import capped_count

WORST_FIRST = ("points", "pk")
SHOWN_DAYS = 60
UNDER_WAY = {RunState.WAITING, RunState.RUNNING}
WHOLE = 100


@reads(may=Permission.VIEW)
def overview(request: PageRequest) -> HttpResponse:
    """Starts where the actor's own office stands; `below` goes down the tree."""
    place = _place(request.actor, request.GET.get("below", ""))
    today, day = local_day(now()), day_of_scores(place)
    points = points_of(place, on=day) if day else {}
    scores, history = shown_scores(points), history_of(place, days=SHOWN_DAYS)
    page = keyset_page(branches_below(request.actor, place), order=WORST_FIRST, cursor=request.GET.get("cursor"))
    whole, run = points.get(ALL), newest_run(place)
    tickets = tickets_of(request.actor).filter(organisation__path__startswith=place.path)
    here = reverse("quality:tickets")
    above = seen_organisations(request.actor).filter(pk=place.parent_id).first() if place.parent_id else None
    context = {
        "heading": _("{name}：数据质量").format(name=place.name),
        "lead": _("按规则检查登记的机构、班级和人员。发现的问题由数据来源单位整改，这里不能直接改数据。"),
        "place": place,
        "crumbs": [(above.name, f"{reverse('quality:overview')}?below={above.uuid}")] if above else [],
        "whole": whole,
        "whole_tone": tone_of(whole.points) if whole else None,
        "whole_words": words_of(whole.points) if whole else "",
        "day": day,
        "scores": scores,
        "dimensions": dimensions_chart(scores),
        "dimension_columns": (_("检查内容"), pgettext("quality", "评分"), _("加权问题数")),
        "score_rows": [(score.label, score.points, score.broken) for score in scores],
        "history": history_chart(history) if len(history) > 1 else None,
        "history_columns": (_("日期"), pgettext("quality", "评分")),
        "history_rows": [(moment.isoformat(), value) for moment, value in history],
        "open_count": capped_count(tickets.filter(state=TicketState.OPEN)),
        "explained_count": capped_count(tickets.filter(state=TicketState.EXPLAINED)),
        "overdue_count": capped_count(tickets.filter(overdue(today))),
        "open_url": f"{here}?below={place.uuid}",
        "explained_url": f"{here}?state={TicketState.EXPLAINED}&below={place.uuid}",
        "overdue_url": f"{here}?late=1&below={place.uuid}",
        "page": page,
        "branches": [_shown(branch) for branch in page.items],
        "can_order": allows(request.actor, Permission.DECIDE, on=place),
        **_run_context(run),
    }
    return page_response(request, "quality/overview.html", context, fragments=("listing", "run"))


@writes(may=Permission.DECIDE)
def order(request: PageRequest) -> HttpResponse:
    """Have a place checked now; who only looks is led to where it stands."""
    place = _place(request.actor, request.POST.get("below") or request.GET.get("below", ""))
    if request.method == "POST":
        try:
            order_run(by=request.actor, organisation=place, now=now())
            messages.success(request, _("检查已安排。完成后，评分和整改单会自动更新。"))
        except RunUnderWay as refusal:
            messages.warning(request, str(refusal))
    return redirect(f"{reverse('quality:overview')}?below={place.uuid}")


def _shown(branch: Organisation) -> tuple[Organisation, tuple[Tone, str], float]:
    """A branch with the tone and words of its score, rounded down as scores are."""
    points = int(branch.points * 10) / 10  # type: ignore[attr-defined]  # annotated by `branches_below`
    return branch, (tone_of(points), words_of(points)), points


def _run_context(run: Run | None) -> dict[str, object]:
    if run is None:
        return {"run": None}
    return {
        "run": run,
        "is_under_way": run.state in UNDER_WAY,
        "run_topic": f"{RUN}:{run.pk}",
        "run_value": run.rules_done * WHOLE // run.rules_total if run.rules_total else None,
    }


def _place(actor: Actor, wanted: str) -> Organisation:
    if not wanted:
        found = starting_place(actor)
    else:
        try:
            found = seen_organisations(actor).filter(uuid=UUID(wanted)).first()
        except ValueError:
            found = None
    if found is None:
        raise NotFound
    return found
