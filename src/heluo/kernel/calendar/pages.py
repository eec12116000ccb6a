"""The calendar: a year at a glance, one day, and a whole year from a file."""

from dataclasses import dataclass
from datetime import date
from io import BytesIO

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.dates import WEEKDAYS
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import pgettext, pgettext_lazy

from heluo.kernel.actors.enums import Audience
from heluo.kernel.actors.errors import NotFound
from heluo.kernel.actors.public import allows
from heluo.kernel.audit.models import AuditRow
from heluo.kernel.audit.public import title_of_deed
from heluo.kernel.calendar.access import Permission
from heluo.kernel.calendar.actions import change_day, changed_days, enter_year
from heluo.kernel.calendar.errors import ChangedMeanwhile, DayChangesNothing, TooManyHolidays
from heluo.kernel.calendar.forms import ConfirmForm, DayForm, UploadForm
from heluo.kernel.calendar.queries import FIRST_YEAR, LAST_YEAR, Year, changes_of, year_of
from heluo.kernel.calendar.tables import TITLES, WORDS, SpecialDay, YearTable, read_year
from heluo.kernel.clock.public import local_day, now
from heluo.kernel.pages.forms import form_page
from heluo.kernel.pages.fragments import page_response
from heluo.kernel.pages.rules import PageRequest, reads, writes
from heluo.kernel.pages.sheets import write_csv

WEEKDAY_LETTERS = (
    pgettext_lazy("weekday", "一"),
    pgettext_lazy("weekday", "二"),
    pgettext_lazy("weekday", "三"),
    pgettext_lazy("weekday", "四"),
    pgettext_lazy("weekday", "五"),
    pgettext_lazy("weekday", "六"),
    pgettext_lazy("weekday", "日"),
)


@dataclass(frozen=True, slots=True)
class Event:
    """A change as the trail shows it."""

    title: str
    who: str
    at: object
    text: str


@reads(may=Audience.SIGNED_IN)
def year(request: PageRequest, number: int | None = None) -> HttpResponse:
    """Twelve months; by default the year we are in."""
    shown = _year(number if number is not None else local_day(now()).year)
    may_keep = allows(request.actor, Permission.KEEP)
    context = {
        "heading": _("{year} 年工作日历").format(year=shown.number),
        "lead": _("办理期限里的工作日按这里计算。"),
        "year": shown,
        "before": shown.number - 1 if shown.number > FIRST_YEAR else None,
        "after": shown.number + 1 if shown.number < LAST_YEAR else None,
        "weekdays": [(WEEKDAYS[place], letter) for place, letter in enumerate(WEEKDAY_LETTERS)],
        "may_keep": may_keep,
        "events": [_event(row) for row in changes_of(shown.number)] if may_keep else [],
    }
    return page_response(request, "calendar/year.html", context)


@reads(may=Audience.SIGNED_IN)
def table(request: PageRequest, number: int) -> HttpResponse:
    """A year as a file; empty, it is the template."""
    shown, content = _year(number), BytesIO()
    write_csv(content, TITLES, ((one.day, WORDS[one.kind], one.name) for one in shown.specials))
    response = HttpResponse(content.getvalue(), content_type="text/csv; charset=utf-8")
    name = _("工作日历-{year}.csv").format(year=number)
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name) or "attachment"
    return response


@writes(may=Permission.KEEP)
def day(request: PageRequest) -> HttpResponse:
    """Change one day; `?on=` says which."""
    form = DayForm(request.POST) if request.method == "POST" else DayForm(initial=_initial(request.GET.get("on", "")))
    if request.method == "POST" and form.is_valid():
        with form.refusals():
            given = form.cleaned_data
            change_day(
                by=request.actor,
                day=given["day"],
                kind=form.kind_given(),
                name=given["name"],
                source=given["source"],
                now=now(),
            )
            messages.success(request, _("已修改。按工作日计算的期限会重新计算。"))
            return redirect("calendar:year_numbered", number=given["day"].year)
    context = {
        "heading": _("修改一天"),
        "crumbs": [(_("工作日历"), reverse("calendar:year"))],
        "cancel_url": reverse("calendar:year"),
    }
    return form_page(request, "pages/form.html", form, context)


@writes(may=Permission.KEEP)
def bring(request: PageRequest, number: int) -> HttpResponse:
    """A year from a file: first what is wrong or what it would change, then the change."""
    shown = _year(number)
    if request.method == "POST" and "table" in request.POST:
        return _confirmed(request, shown)
    form = UploadForm(request.POST, request.FILES) if request.method == "POST" else UploadForm()
    if not form.is_bound or not form.is_valid():
        return form_page(request, "calendar/import.html", form, _context(shown, step=1))
    text = form.cleaned_data["file"]
    read = read_year(text, number)
    if read.problems:
        context = {**_context(shown, step=1), "form": form, "problems": read.problems}
        return page_response(request, "calendar/import.html", context, status=422)
    return page_response(request, "calendar/import.html", _preview(shown, read, text, form.cleaned_data["source"]))


def _confirmed(request: PageRequest, shown: Year) -> HttpResponse:
    form = ConfirmForm(request.POST)
    if not form.is_valid():
        return redirect("calendar:import", number=shown.number)
    given = form.cleaned_data
    read = read_year(given["table"], shown.number)
    if read.problems:
        return redirect("calendar:import", number=shown.number)
    try:
        changed = enter_year(
            by=request.actor,
            year=shown.number,
            days=read.days,
            source=given["source"],
            seen=given["seen"],
            now=now(),
        )
    except (ChangedMeanwhile, DayChangesNothing, TooManyHolidays) as refusal:
        messages.error(request, str(refusal))
        return redirect("calendar:import", number=shown.number)
    messages.success(request, _("已录入，改动 {count} 天。").format(count=len(changed)))
    return redirect("calendar:year_numbered", number=shown.number)


@dataclass(frozen=True, slots=True)
class Line:
    """A day the import would change."""

    day: date
    before: SpecialDay | None
    after: SpecialDay | None


def _preview(shown: Year, read: YearTable, text: str, source: str) -> dict[str, object]:
    before = {one.day: one for one in shown.specials}
    after = {one.day: one for one in read.days}
    lines = [Line(one, before.get(one), after.get(one)) for one in changed_days(before, after)]
    return {
        **_context(shown, step=2),
        "lines": lines,
        "is_checked": True,
        "source": source,
        "confirm": ConfirmForm(initial={"table": text, "source": source, "seen": shown.fingerprint}),
    }


def _context(shown: Year, *, step: int) -> dict[str, object]:
    titles = (_("下载表格"), _("上传"), pgettext("step", "核对"))
    return {
        "heading": _("录入 {year} 年").format(year=shown.number),
        "lead": _("表格写了的日子按表格，没有写的按周一至周五计算。整年一次替换，核对无误才生效。"),
        "crumbs": [(_("工作日历"), reverse("calendar:year_numbered", args=[shown.number]))],
        "steps": [
            {"title": title, "is_done": place < step, "is_current": place == step} for place, title in enumerate(titles)
        ],
        "year": shown,
    }


def _year(number: int) -> Year:
    if not FIRST_YEAR <= number <= LAST_YEAR:
        raise NotFound
    return year_of(number)


def _initial(on: str) -> dict[str, object]:
    try:
        asked = date.fromisoformat(on)
    except ValueError:
        return {}
    known = next((one for one in year_of(asked.year).specials if one.day == asked), None)
    return {"day": asked, "kind": known.kind.value if known else "", "name": known.name if known else ""}


def _event(row: AuditRow) -> Event:
    said = [str(row.details.get("day", "")), str(row.details.get("reason", ""))]
    return Event(title_of_deed(row.deed), row.by_name, row.at, "　".join(filter(None, said)))
