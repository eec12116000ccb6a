"""Many drafts from one table: its template, the table in, the files after it, all of it submitted."""

from collections.abc import Sequence
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from heluo.domains.resources.access import Permission
from heluo.domains.resources.actions.sheets import attach_by_name, open_sheet, order_submission
from heluo.domains.resources.enums import VersionState
from heluo.domains.resources.errors import NothingToSubmit
from heluo.domains.resources.forms import SheetForm
from heluo.domains.resources.models import DraftSheet
from heluo.domains.resources.pages.showing import TONES
from heluo.domains.resources.queries import author_places
from heluo.domains.resources.queries.sheets import LAYOUT, own_sheet, own_sheets, rows_shown, template_file
from heluo.kernel.actors.errors import Refusal
from heluo.kernel.clock.public import local_day, now
from heluo.kernel.files.public import file_from_form
from heluo.kernel.pages.exports import CSV, MEDIA_TYPES
from heluo.kernel.pages.forms import form_page
from heluo.kernel.pages.fragments import page_response
from heluo.kernel.pages.rules import PageRequest, reads, writes
from heluo.kernel.tables.public import MOST_LISTED, CellsWrong, Finding

SHEETS_SHOWN = 20


@reads(may=Permission.AUTHOR)
def template(request: PageRequest) -> HttpResponse:
    """The table to fill in, with one row as an example, as CSV or as a workbook."""
    form = request.GET.get("form", "")
    form = form if form in MEDIA_TYPES else CSV
    response = HttpResponse(template_file(form, on=local_day(now())), content_type=MEDIA_TYPES[form])
    name = content_disposition_header(as_attachment=True, filename=_("批量新建资源") + f".{form}")
    response["Content-Disposition"] = name or "attachment"
    return response


@writes(may=Permission.AUTHOR)
def start(request: PageRequest) -> HttpResponse:
    findings: Sequence[Finding] = ()
    places = {str(place.uuid): place for place in author_places(request.actor)}
    form = SheetForm(
        request.POST or None,
        request.FILES or None,
        choices={"place": [(key, place.name) for key, place in places.items()]},
    )
    if request.method == "POST" and form.is_valid():
        uploaded = form.cleaned_data["file"]
        with form.refusals("file"):
            try:
                made = open_sheet(
                    by=request.actor,
                    organisation=places[form.cleaned_data["place"]],
                    name=uploaded.name or "",
                    content=uploaded.read(),
                    now=now(),
                )
            except CellsWrong as wrong:
                findings = wrong.findings
                raise
            return redirect("resources:sheet", uuid=made.uuid)
    context = {
        "heading": _("批量新建资源"),
        "lead": _("先上传写着各个资源说明的表，再把文件一起拖进来，按文件名对上。"),
        "problems": findings[:MOST_LISTED],
        "more_problems": max(len(findings) - MOST_LISTED, 0),
        "sheets": own_sheets(request.actor).order_by("-id")[:SHEETS_SHOWN],
        "columns": list(LAYOUT.headings.values()),
        "crumbs": [(_("我的资源"), reverse("resources:mine"))],
    }
    return form_page(request, "resources/sheets.html", form, context)


@writes(may=Permission.AUTHOR)
def sheet(request: PageRequest, uuid: UUID) -> HttpResponse:
    """Takes files and gives them to the drafts that name them; answers with the list of rows."""
    found = own_sheet(request.actor, uuid)
    problem = ""
    if request.method == "POST" and "submit" in request.POST:
        return _submitted(request, found)
    if request.method == "POST":
        try:
            file = file_from_form(
                by=request.actor, field="file", posted=request.POST, uploaded=request.FILES, now=now()
            )
            if file is not None:
                attach_by_name(by=request.actor, sheet=found, file=file, now=now())
        except Refusal as refusal:
            problem = str(refusal)
        if not request.htmx:
            if problem:
                messages.error(request, problem)
            return HttpResponseRedirect(reverse("resources:sheet", args=[uuid]))
    rows = rows_shown(found)
    awaited = sum(len(row.awaited) for row in rows)
    context = {
        "heading": found.name,
        "lead": _("把表里写着的文件一起选中或拖进来，会自动放到各自的草稿里。"),
        "sheet": found,
        "rows": [(row, TONES[VersionState(row.version.state)]) for row in rows],
        "problem": problem,
        "awaited": awaited,
        "ready": sum(row.is_ready for row in rows),
        "crumbs": [(_("我的资源"), reverse("resources:mine")), (_("批量新建资源"), reverse("resources:sheets"))],
    }
    return page_response(request, "resources/sheet.html", context, fragments=("rows",))


def _submitted(request: PageRequest, found: DraftSheet) -> HttpResponse:
    try:
        count = order_submission(by=request.actor, sheet=found)
    except NothingToSubmit as refusal:
        messages.error(request, str(refusal))
    else:
        said = ngettext("正在提交 %(count)d 个草稿。", "正在提交 %(count)d 个草稿。", count)
        messages.success(request, said % {"count": count})
    return redirect("resources:sheet", uuid=found.uuid)
