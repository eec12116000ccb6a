"""Bringing a roster: the template, the upload, what is wrong, what would change, the confirmation, the result."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from heluo.domains.rosters.access import Permission
from heluo.domains.rosters.actions import cancel_batch, check_again, confirm_batch, open_batch
from heluo.domains.rosters.enums import BatchState, Choice, RowKind, Severity
from heluo.domains.rosters.forms import ConfirmForm, UploadForm
from heluo.domains.rosters.models import RosterBatch
from heluo.domains.rosters.pages.showing import (
    TONES,
    EndingLine,
    cancelling,
    changed_words,
    deed_figures,
    detail_facts,
    refusal_sentence,
    sheet_lines,
    steps_of,
)
from heluo.domains.rosters.queries.batches import (
    batch_for,
    batches_for,
    endings_of,
    findings_of,
    is_being_marked,
    is_stale,
    parts_of,
    rows_of,
    scopes_for,
    stages_below,
    stop_percent,
    work_has_stopped,
)
from heluo.domains.rosters.queries.template import template_file
from heluo.kernel.actors.enums import Role
from heluo.kernel.actors.errors import NotFound, Refusal
from heluo.kernel.clock.public import local_day, now
from heluo.kernel.codes.public import codes_of
from heluo.kernel.files.public import FileKind, content_link, store_file
from heluo.kernel.pages.forms import form_page
from heluo.kernel.pages.fragments import page_response
from heluo.kernel.pages.keyset import keyset_page
from heluo.kernel.pages.listing import chosen_values, facet
from heluo.kernel.pages.questions import ask_first
from heluo.kernel.pages.rules import PageRequest, reads, writes
from heluo.kernel.people.enums import Deed
from heluo.kernel.search.public import capped_count

WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PAGE = 50
NEWEST = ("-opened_at", "-id")
IN_FILE_ORDER = ("sheet", "number", "id")
LISTING = ("listing",)
PARTS = ("batch", "corrections")
WANTED = (FileKind.OFFICE, FileKind.PACKAGE)


@reads(may=Permission.IMPORT)
def batches(request: PageRequest) -> HttpResponse:
    found = batches_for(request.actor)
    page = keyset_page(found, order=NEWEST, cursor=request.GET.get("cursor"))
    context = {
        "heading": _("名册导入"),
        "lead": _("用一份 Excel 名册或 OneRoster 数据包，登记和更新学生、教师、班级、监护人和任课。"),
        "page": page,
        "rows": [(one, TONES[one.state]) for one in page.items],
        "count": capped_count(found),
        "unit": _("个批次"),
    }
    return page_response(request, "rosters/batches.html", context, fragments=LISTING)


@writes(may=Permission.IMPORT)
def upload(request: PageRequest) -> HttpResponse:
    """Takes a file and leads to its batch, whose page shows how far it is."""
    scopes = scopes_for(request.actor)
    form = UploadForm(request.POST or None, request.FILES or None, scopes=scopes)
    if request.method == "POST" and form.is_valid():
        with form.refusals():
            uploaded = form.cleaned_data["file"]
            file = store_file(by=request.actor, name=uploaded.name, content=uploaded.file, wanted=WANTED, now=now())
            opened = open_batch(by=request.actor, scope=form.scope_given(), file=file, now=now())
            return redirect("rosters:batch", uuid=opened.uuid)
    context = {
        "heading": _("导入名册"),
        "steps": steps_of(None),
        "crumbs": [(_("名册导入"), reverse("rosters:batches"))],
    }
    return form_page(request, "rosters/upload.html", form, context)


@reads(may=Permission.IMPORT)
def template(request: PageRequest) -> HttpResponse:
    """The empty template for the stages of the actor's schools."""
    today = local_day(now())
    content = template_file(
        stages=stages_below(scopes_for(request.actor)),
        subjects=[code.name for code in codes_of("subject", on=today)],
    )
    return _download(content, _("名册模板.xlsx"))


def _download(content: bytes, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=WORKBOOK)
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name) or "attachment"
    response["Cache-Control"] = "no-store"
    return response


@writes(may=Permission.IMPORT)
def batch(request: PageRequest, uuid: UUID) -> HttpResponse:
    """A batch as it stands; a POST confirms it."""
    found = batch_for(request.actor, uuid)
    form = ConfirmForm(
        request.POST or None,
        initial={"choice": Choice.CLEAN if found.error_count else Choice.ALL},
        asks_for_reason=parts_of(found).filter(ends_many=True).exists(),
    )
    if request.method == "POST" and form.is_valid():
        with form.refusals():
            confirm_batch(
                by=request.actor,
                batch=found,
                choice=Choice(form.cleaned_data["choice"]),
                endings_reason=form.cleaned_data.get("endings_reason", ""),
                now=now(),
            )
            return redirect("rosters:batch", uuid=uuid)
    response = form_page(request, "rosters/batch.html", form, _batch_context(found), fragments=PARTS)
    if request.headers.get("HX-Target") == PARTS[0] and not found.is_moving:
        # What stands above the part has changed with it: the state, the step, the tab's title.
        response["HX-Refresh"] = "true"
    return response


def _batch_context(found: RosterBatch) -> dict[str, object]:
    parts = list(parts_of(found)[:100])
    done = sum(part.state == "done" for part in parts)
    many = [
        EndingLine(part.school, str(Role(role).label), ended, here)
        for part in parts
        if part.ends_many
        for role, (ended, here) in part.endings.items()
    ]
    return {
        "heading": found.file_name,
        "lead": found.scope.name,
        "crumbs": [(_("名册导入"), reverse("rosters:batches"))],
        "steps": steps_of(found),
        "batch": found,
        "cancelling": cancelling(found),
        "state_label": found.get_state_display(),
        "state_tone": TONES[found.state],
        "refusal": refusal_sentence(found),
        "sheets": sheet_lines(found),
        "figures": deed_figures(found),
        "details": detail_facts(found),
        "many": many,
        "percent": stop_percent(),
        "is_being_marked": found.corrections is None and is_being_marked(found),
        "is_stale": found.state == BatchState.READ and is_stale(found),
        "has_stopped": work_has_stopped(found),
        "parts_done": done,
        "parts_total": len(parts),
        "progress": done * 100 // len(parts) if parts and found.state == BatchState.IMPORTING else None,
    }


@reads(may=Permission.IMPORT)
def problems(request: PageRequest, uuid: UUID) -> HttpResponse:
    """Every wrong cell, by sheet, severity and kind of fault."""
    found = batch_for(request.actor, uuid)
    kinds = facet(
        request.GET,
        name="kind",
        title=_("工作表"),
        labels={kind.value: kind.label for kind in RowKind},
        is_single=True,
    )
    severities = facet(
        request.GET,
        name="severity",
        title=_("轻重"),
        labels={severity.value: severity.label for severity in Severity},
        is_single=True,
    )
    wanted = findings_of(
        found,
        kind=request.GET.get("kind", ""),
        severity=request.GET.get("severity", ""),
        fault=request.GET.get("fault", ""),
    )
    page = keyset_page(wanted, order=IN_FILE_ORDER, cursor=request.GET.get("cursor"), size=PAGE)
    context = {
        "heading": _("需要核对的地方"),
        "lead": found.file_name,
        "crumbs": [
            (_("名册导入"), reverse("rosters:batches")),
            (found.file_name, reverse("rosters:batch", args=[found.uuid])),
        ],
        "batch": found,
        "facets": [severities, kinds],
        "chosen": chosen_values([severities, kinds]),
        "page": page,
        "count": capped_count(wanted),
        "unit": _("处"),
    }
    return page_response(request, "rosters/problems.html", context, fragments=LISTING)


@reads(may=Permission.IMPORT)
def changes(request: PageRequest, uuid: UUID) -> HttpResponse:
    """Who would be new, changed, back or ended, one by one."""
    found = batch_for(request.actor, uuid)
    deed = request.GET.get("deed", "")
    if deed not in Deed.values:
        raise NotFound
    crumbs = [
        (_("名册导入"), reverse("rosters:batches")),
        (found.file_name, reverse("rosters:batch", args=[found.uuid])),
    ]
    context: dict[str, object] = {"lead": found.file_name, "crumbs": crumbs, "unit": _("条"), "deed": deed}
    context["heading"] = _("名单：{deed}").format(deed=Deed(deed).label)
    if deed == Deed.ENDED:
        endings = endings_of(found, on=local_day(now()))
        page = keyset_page(endings, order=("person__name_sort", "id"), cursor=request.GET.get("cursor"), size=PAGE)
        context |= {"page": page, "count": capped_count(endings)}
        return page_response(request, "rosters/endings.html", context, fragments=LISTING)
    rows = rows_of(found, deed=deed)
    shown = keyset_page(rows, order=("id",), cursor=request.GET.get("cursor"), size=PAGE)
    context |= {
        "page": shown,
        "count": capped_count(rows),
        "rows": [(row, RowKind(row.kind).label, changed_words(row)) for row in shown.items],
    }
    return page_response(request, "rosters/changes.html", context, fragments=LISTING)


@reads(may=Permission.IMPORT)
def corrections(request: PageRequest, uuid: UUID) -> HttpResponse:
    """Leads to the file with every wrong cell marked."""
    found = batch_for(request.actor, uuid)
    if found.corrections is None:
        raise NotFound
    return HttpResponseRedirect(content_link(found.corrections, download=True))


@writes(may=Permission.IMPORT)
def check(request: PageRequest, uuid: UUID) -> HttpResponse:
    found = batch_for(request.actor, uuid)
    if request.method == "POST":
        try:
            check_again(by=request.actor, batch=found, now=now())
        except Refusal as refusal:
            messages.error(request, str(refusal))
    return redirect("rosters:batch", uuid=uuid)


@writes(may=Permission.IMPORT)
def cancel(request: PageRequest, uuid: UUID) -> HttpResponse:
    found = batch_for(request.actor, uuid)
    if request.method == "POST":
        if asked := ask_first(request, cancelling(found), back=reverse("rosters:batch", args=[uuid])):
            return asked
        try:
            cancel_batch(by=request.actor, batch=found, now=now())
            messages.success(request, _("已取消，什么也没有导入。"))
        except Refusal as refusal:
            messages.error(request, str(refusal))
    return redirect("rosters:batch", uuid=uuid)
