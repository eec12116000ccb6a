"""How often resources are used and rated: what authors and officers see of it by day, to look at and to take away."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from functools import partial
from typing import Any
from uuid import UUID

from django.http import HttpResponseBase, QueryDict
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext_lazy, pgettext

from heluo.domains.resources.access import Permission
from heluo.domains.resources.models import PlaceUse
from heluo.domains.resources.queries import (
    KIND,
    Uses,
    overseen_organisations,
    own_works,
    place_uses,
    uses_below,
    uses_of_place,
    uses_of_works,
)
from heluo.kernel.actors.errors import NotFound
from heluo.kernel.clock.public import local_day, now
from heluo.kernel.feedback.enums import UseKind
from heluo.kernel.feedback.public import RATING, DayOfUse, counted_uses, mean_of
from heluo.kernel.pages.exports import ListFile, list_file, wants_file
from heluo.kernel.pages.fragments import page_response
from heluo.kernel.pages.listing import choices, uuid_or_none
from heluo.kernel.pages.rules import PageRequest, writes

PERIODS = (30, 90, 365)
MOST_STARS = 5
COLUMNS = (
    gettext_lazy("日期"),
    gettext_lazy("浏览"),
    gettext_lazy("下载次数"),
    gettext_lazy("看完"),
    gettext_lazy("收入资源集"),
    gettext_lazy("评分次数"),
    gettext_lazy("平均评分"),
)
NOT_TOLD = "—"
"""Stands for a mean that would tell what few people did."""


@writes(may=Permission.AUTHOR)
def own_uses(request: PageRequest) -> HttpResponseBase:
    """What an author has published, all together or one of it."""
    works = own_works(request.actor)
    wanted = request.GET.get("resource")
    one = uuid_or_none(wanted) if wanted else None
    if wanted and one not in works:
        raise NotFound
    chosen = [one] if one else list(works)
    since, until = _period(request.GET)
    if wants_file(request):
        kind = ListFile(_("资源使用情况"), WORK_COLUMNS, partial(_lines_of_works, works), is_personal=False)
        rows = counted_uses(KIND, chosen, since=since)
        return list_file(request, kind, rows, order=("day", "subject", "use"), may=Permission.AUTHOR)
    uses = uses_of_works(chosen, since=since, until=until)
    context = {
        "heading": _("“{title}”的使用情况").format(title=works[one]) if one else _("我的资源的使用情况"),
        "crumbs": [(_("我的资源"), reverse("resources:mine"))],
        "works": [] if one else list(works.items()),
        "report_url": reverse("rights:work", args=[one]) if one else reverse("rights:report"),
        **_shown(request.GET, uses),
    }
    return page_response(request, "resources/uses.html", context)


@writes(may=Permission.OVERSEE)
def place(request: PageRequest) -> HttpResponseBase:
    """What an organisation and all below it have published; `below` goes down the tree."""
    overseen = overseen_organisations(request.actor)
    wanted = request.GET.get("below")
    found = overseen.filter(uuid__in=filter(None, [uuid_or_none(wanted)])) if wanted else overseen.order_by("path")
    organisation = found.first()
    if organisation is None:
        raise NotFound
    since, until = _period(request.GET)
    if wants_file(request):
        kind = ListFile(_("资源使用情况"), COLUMNS, _lines_of_place, is_personal=False)
        rows = place_uses(request.actor, organisation, since=since)
        return list_file(request, kind, rows, order=("day",), may=Permission.OVERSEE, on=None)
    above = overseen.filter(pk=organisation.parent_id).first() if organisation.parent_id else None
    here = reverse("resources:uses")
    context = {
        "heading": _("{name}：资源使用").format(name=organisation.name),
        "branches": uses_below(request.actor, organisation, since=since),
        "days": _days(request.GET),
        "crumbs": [(above.name, f"{here}?below={above.uuid}")] if above else [],
        **_shown(request.GET, uses_of_place(request.actor, organisation, since=since, until=until)),
    }
    return page_response(request, "resources/uses.html", context)


def _days(query: QueryDict) -> int:
    text = query.get("days", "")
    return int(text) if text.isdecimal() and int(text) in PERIODS else PERIODS[0]


def _period(query: QueryDict) -> tuple[date, date]:
    until = local_day(now())
    return until - timedelta(days=_days(query) - 1), until


def _shown(query: QueryDict, uses: Uses) -> dict[str, object]:
    """Sums, the chart and its table, and the choice of the period."""
    labels = {str(days): str(LAST_DAYS % {"count": days}) for days in PERIODS}
    points = uses.points
    return {
        "uses": uses,
        "periods": choices(query, name="days", labels=labels),
        "chart": uses_chart(uses),
        "columns": (_("从这天起的一周") if uses.is_by_week else COLUMNS[0], *COLUMNS[1:]),
        "rows": [
            (_day(point.day), *_counts(point), _told(point.mean)) for point in reversed(points) if any(_counts(point))
        ],
    }


def uses_chart(uses: Uses) -> dict[str, Any]:
    """Lines over the days, or weeks, of a period; points for the means that are told, on an axis of their own."""
    points = uses.points
    series: list[dict[str, Any]] = [
        {"type": "line", "name": name, "data": data, "showSymbol": False, "smooth": False}
        for name, data in (
            (_("浏览"), [point.views for point in points]),
            (pgettext("how often", "下载"), [point.downloads for point in points]),
            (_("看完"), [point.finishes for point in points]),
            (_("收入资源集"), [point.collects for point in points]),
            (_("评分次数"), [point.ratings for point in points]),
        )
    ]
    counts: dict[str, Any] = {"type": "value", "minInterval": 1}
    axes = [counts]
    if uses.mean is not None:
        means = [point.mean for point in points]
        dots = {"type": "line", "showSymbol": True, "symbolSize": 8, "lineStyle": {"width": 0}}
        series.append({**dots, "name": _("平均评分"), "data": means, "yAxisIndex": 1})
        axes.append({"type": "value", "min": 1, "max": MOST_STARS, "splitLine": {"show": False}})
    return {
        "legend": {"top": 0},
        "tooltip": {"trigger": "axis"},
        "grid": {"left": 48, "right": 16 if len(axes) == 1 else 32, "top": 64, "bottom": 32},
        "xAxis": {"type": "category", "boundaryGap": False, "data": [f"{point.day:%m-%d}" for point in points]},
        "yAxis": axes,
        "series": series,
    }


def _day(day: date) -> SafeString:
    """A day on one line, however narrow the table is."""
    return format_html('<span class="text-nowrap">{}</span>', date_format(day))


def _counts(day: DayOfUse | PlaceUse) -> tuple[int, ...]:
    """What stands between the day and the mean, in the order of the columns."""
    return day.views, day.downloads, day.finishes, day.collects, day.ratings


def _told(mean: float | None) -> object:
    return NOT_TOLD if mean is None else mean


def _lines_of_place(rows: Sequence[PlaceUse]) -> Iterable[Sequence[object]]:
    for row in rows:
        yield row.day, *_counts(row), mean_of(row.stars, row.told)


def _lines_of_works(
    titles: dict[UUID, str], rows: Sequence[tuple[date, UUID, str, int, float | None]]
) -> Iterable[Sequence[object]]:
    for day, subject, use, count, mean in rows:
        label = gettext_lazy("评分次数") if use == RATING else UseKind(use).label
        yield day, titles[subject], label, count, None if mean is None else round(mean, 1)


WORK_COLUMNS = (
    gettext_lazy("日期"),
    gettext_lazy("资源"),
    gettext_lazy("使用"),
    gettext_lazy("次数"),
    gettext_lazy("平均评分"),
)
LAST_DAYS: Promise = ngettext_lazy("近 %(count)d 天", "近 %(count)d 天", "count")
