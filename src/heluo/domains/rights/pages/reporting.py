"""我的作品报告: what becomes of one's works; for officers, of those of their tree."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from django.http import HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from heluo.domains.rights.access import Permission
from heluo.domains.rights.queries import Month, WorkReport, ledger_of, months_of, own_work, reports_of, works_of
from heluo.engines.catalogue.models import Entry
from heluo.kernel.clock.public import local_day, now
from heluo.kernel.pages.exports import ListFile, list_file, wants_file
from heluo.kernel.pages.fragments import page_response
from heluo.kernel.pages.keyset import keyset_page
from heluo.kernel.pages.rules import PageRequest, reads, writes

NEWEST = ("-published_at", "-id")
LATEST = ("-at", "-id")
COLUMNS = (
    gettext_lazy("作品"),
    gettext_lazy("本节点浏览"),
    gettext_lazy("本节点下载"),
    gettext_lazy("其他节点浏览"),
    gettext_lazy("其他节点下载"),
    gettext_lazy("被收入资源集"),
    gettext_lazy("用到它的其他节点"),
    gettext_lazy("被改编"),
    gettext_lazy("收入（元）"),
)
MONTH_COLUMNS = (gettext_lazy("月份"), *COLUMNS[1:6])


@writes(may=Permission.REPORT)
def report(request: PageRequest) -> HttpResponseBase:
    """Every work with its sums, to look at and to take away."""
    works = works_of(request.actor)
    if wants_file(request):
        kind = ListFile(_("我的作品报告"), COLUMNS, _lines, is_personal=False)
        return list_file(request, kind, works, order=NEWEST, may=Permission.REPORT, on=None)
    page = keyset_page(works, order=NEWEST, cursor=request.GET.get("cursor"))
    context = {
        "heading": _("我的作品报告"),
        "lead": _("作品在哪里、用了多少、被怎样改编、收入多少。其他节点的次数由它们每天报来，只有总数，没有个人信息。"),
        "page": page,
        "reports": reports_of(page.items),
    }
    return page_response(request, "rights/report.html", context, fragments=("listing",))


@reads(may=Permission.REPORT)
def work(request: PageRequest, uuid: UUID) -> HttpResponse:
    """One work: use by month, the nodes that used it, and what the ledger of rights says."""
    entry = own_work(request.actor, uuid)
    months = months_of([uuid], until=local_day(now()))
    [summed] = reports_of([entry])
    context = {
        "heading": entry.title,
        "crumbs": [(_("我的作品报告"), reverse("rights:report"))],
        "report": summed,
        "chart": _chart(months),
        "columns": MONTH_COLUMNS,
        "rows": [(f"{month.month:%Y-%m}", *_counts(month)) for month in reversed(months) if any(_counts(month))],
        "page": keyset_page(ledger_of(uuid), order=LATEST, cursor=request.GET.get("cursor")),
    }
    return page_response(request, "rights/work.html", context, fragments=("listing",))


def _counts(one: Month | WorkReport) -> tuple[int, ...]:
    return (
        one.views,
        one.downloads,
        one.views_elsewhere,
        one.downloads_elsewhere,
        one.adoptions + one.adoptions_elsewhere,
    )


def _lines(rows: Sequence[Entry]) -> Iterable[Sequence[object]]:
    for one in reports_of(rows):
        yield one.entry.title, *_counts(one), len(one.nodes), one.derivatives, one.yuan


def _chart(months: Sequence[Month]) -> dict[str, Any]:
    """Bars by month: here and elsewhere on top of each other."""
    series = [
        {"type": "bar", "stack": stack, "name": name, "data": data}
        for stack, name, data in (
            ("views", str(COLUMNS[1]), [month.views for month in months]),
            ("views", str(COLUMNS[3]), [month.views_elsewhere for month in months]),
            ("downloads", str(COLUMNS[2]), [month.downloads for month in months]),
            ("downloads", str(COLUMNS[4]), [month.downloads_elsewhere for month in months]),
        )
    ]
    return {
        "legend": {"top": 0},
        "tooltip": {"trigger": "axis"},
        "grid": {"left": 48, "right": 16, "top": 64, "bottom": 32},
        "xAxis": {"type": "category", "data": [f"{month.month:%Y-%m}" for month in months]},
        "yAxis": {"type": "value", "minInterval": 1, "name": pgettext("axis", "次")},
        "series": series,
    }
