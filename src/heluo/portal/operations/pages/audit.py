"""The audit log: who did what to what and when, as far as the reader's tree reaches."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from heluo.kernel.actors.public import actor_title, actor_titles
from heluo.kernel.audit.models import AuditDifference, AuditRow
from heluo.kernel.audit.public import AuditFilter, Permission, audit_row, audit_rows, kind_title, title_of_deed
from heluo.kernel.clock.public import local_day, now
from heluo.kernel.organisations.models import Organisation
from heluo.kernel.pages.fragments import page_response
from heluo.kernel.pages.keyset import keyset_page
from heluo.kernel.pages.rules import PageRequest, reads
from heluo.kernel.pages.templatetags.pages import local_time
from heluo.kernel.search.public import capped_count
from heluo.portal.operations.forms import AuditForm
from heluo.portal.operations.pages.wording import Said, link_of, said

WINDOW_DAYS = 31
"""A search by words without a day looks this far back: words have no index, and the log only grows."""
NEWEST_FIRST = ("-seq",)


@dataclass(frozen=True, slots=True)
class ShownRow:
    """An audit row in words."""

    row: AuditRow
    who: str
    deed: str
    kind: str
    place: str


@dataclass(frozen=True, slots=True)
class ShownDifference:
    """What a batch changed in one thing."""

    number: int
    url: str
    before: list[Said]
    after: list[Said]


@reads(may=Permission.VIEW)
def audit_list(request: PageRequest) -> HttpResponse:
    form = AuditForm(request.GET)
    wanted = _wanted(form, person=request.GET.get("person", ""))
    found = audit_rows(request.actor, wanted)
    page = keyset_page(found, order=NEWEST_FIRST, cursor=request.GET.get("cursor"))
    context = {
        "heading": _("审计日志"),
        "lead": _("谁在什么时候对什么做了什么。记录写下后不能修改，几秒内封签。"),
        "form": form,
        "page": page,
        "count": capped_count(found),
        "unit": _("条记录"),
        "rows": shown_rows(page.items),
        "is_windowed": wanted.since is not None,
        "window": WINDOW_DAYS,
        "is_filtered": any(request.GET.get(name) for name in (*form.fields, "person")),
        "person": request.GET.get("person", ""),
    }
    return page_response(request, "operations/audit.html", context, fragments=("listing",))


@reads(may=Permission.VIEW)
def audit_detail(request: PageRequest, seq: int) -> HttpResponse:
    row = audit_row(request.actor, seq)
    [shown] = shown_rows([row])
    page = keyset_page(
        AuditDifference.objects.filter(row=row), order=("position", "pk"), cursor=request.GET.get("cursor")
    )
    log = reverse("operations:audit")
    context = {
        "heading": shown.deed,
        "crumbs": [(_("审计日志"), log)],
        "row": row,
        "page": page,
        "facts": _facts(shown),
        "details": said(row.details),
        "differences": [_difference(row, one) for one in page.items],
        "person_url": f"{log}?person={row.by}" if row.by else "",
        "lead": f"{shown.kind} {row.subject_title}".strip(),
        "url": "" if row.differences_count else link_of(row.deed, row.subject_id),
    }
    return page_response(request, "operations/audit_row.html", context)


def shown_rows(rows: Iterable[AuditRow]) -> list[ShownRow]:
    """Rows in words; one query for the names of all places."""
    kept = list(rows)
    places = dict(
        Organisation.objects.filter(path__in={row.path for row in kept if row.path}).values_list("path", "name")
    )
    return [
        ShownRow(
            row,
            who=actor_title(row.by_name, row.by) or _("平台"),
            deed=title_of_deed(row.deed),
            kind=kind_title(row.subject_kind),
            place=places.get(row.path, "") if row.path else _("平台"),
        )
        for row in kept
    ]


def _wanted(form: AuditForm, *, person: str) -> AuditFilter:
    """What the form asks for; a field that is wrong (said beside it) filters nothing."""
    form.is_valid()
    asked = form.cleaned_data
    name, title, day = asked.get("name", ""), asked.get("title", ""), asked.get("day")
    try:
        by = UUID(person) if person else None
    except ValueError:
        by = None
    since = local_day(now()) - timedelta(days=WINDOW_DAYS) if (name or title) and not day else None
    name = next((code for code, words in actor_titles().items() if str(words) == name), name)
    return AuditFilter(person=by, name=name, title=title, deed=asked.get("deed", ""), day=day, since=since)


def _facts(shown: ShownRow) -> list[tuple[str, object]]:
    row = shown.row
    return [
        (_("时间"), local_time(row.at)),
        (_("操作人"), shown.who),
        (_("对象"), f"{shown.kind} {row.subject_title}".strip()),
        (_("所在机构"), shown.place),
        (_("来源地址"), row.ip or _("平台内部")),
        (_("请求编号"), row.request_id or _("无")),
        (_("记录编号"), row.seq),
    ]


def _difference(row: AuditRow, one: AuditDifference) -> ShownDifference:
    return ShownDifference(
        number=one.position + 1,
        url=link_of(row.deed, one.subject_id),
        before=said(one.before),
        after=said(one.after),
    )
