"""Keeping the tree: a file in, what is wrong with it, what it would change, the yes; and the tree as a file."""

from collections.abc import Callable, Sequence
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from heluo.domains.textbooks.access import Permission
from heluo.domains.textbooks.actions import (
    compare_again,
    import_tree_file,
    open_tree_file,
    restore_textbook,
    withdraw_textbook,
)
from heluo.domains.textbooks.enums import Change, NodeKind
from heluo.domains.textbooks.errors import TreeMoved
from heluo.domains.textbooks.forms import TreeFileForm
from heluo.domains.textbooks.models import Textbook, TreeFile
from heluo.domains.textbooks.pages.browsing import keeping_question, note_of
from heluo.domains.textbooks.queries.browsing import shelves, subject_names, textbook_with, textbooks_withdrawn
from heluo.domains.textbooks.queries.files import changes_in, file_of, files_imported
from heluo.domains.textbooks.queries.layout import COLUMNS, words_on
from heluo.domains.textbooks.queries.writing import tree_in_use, written
from heluo.kernel.actors.errors import Refusal
from heluo.kernel.clock.public import local_day, now
from heluo.kernel.organisations.enums import Stage
from heluo.kernel.pages.blocks import Figure
from heluo.kernel.pages.exports import CSV, MEDIA_TYPES
from heluo.kernel.pages.forms import form_page
from heluo.kernel.pages.fragments import page_response
from heluo.kernel.pages.questions import ask_first
from heluo.kernel.pages.rules import PageRequest, reads, writes
from heluo.kernel.tables.public import MOST_LISTED, CellsWrong, Finding

BETWEEN = ":"
"""Stands between stage and subject in the address of a file."""
MOST_SHOWN = 200
"""Changes and files that a page lists; the counts say how many there are."""


@writes(may=Permission.KEEP)
def keep(request: PageRequest) -> HttpResponse:
    """What there is, the way out, and the way in: a file is checked here, and goes on to its preview."""
    findings: Sequence[Finding] = ()
    form = TreeFileForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        uploaded = form.cleaned_data["file"]
        with form.refusals("file"):
            try:
                opened = open_tree_file(
                    by=request.actor,
                    name=uploaded.name or "",
                    content=uploaded.read(),
                    is_complete=form.cleaned_data["is_complete"],
                    now=now(),
                )
            except CellsWrong as wrong:
                findings = wrong.findings
                raise
            return redirect("textbooks:file", uuid=opened.uuid)
    withdrawn = textbooks_withdrawn()
    context = {
        "heading": _("教材目录管理"),
        "lead": _("教材、章节和知识点由省级统一维护，用 Excel 或 CSV 文件导入和导出。"),
        "problems": findings[:MOST_LISTED],
        "more_problems": max(len(findings) - MOST_LISTED, 0),
        "columns": [column.heading for column in COLUMNS.values()],
        "parts": _parts(),
        "imported": files_imported()[:MOST_SHOWN],
        "withdrawn": [(book, note_of(book)) for book in withdrawn[:MOST_SHOWN]],
        "more_withdrawn": max(withdrawn.count() - MOST_SHOWN, 0),
    }
    return form_page(request, "textbooks/keep.html", form, context)


def _parts() -> list[tuple[str, str]]:
    """What can be taken away: all of it, and each stage and subject that has textbooks."""
    subjects = subject_names(local_day(now()))
    return [
        ("", pgettext("export", "全部")),
        *(
            (f"{stage}{BETWEEN}{subject}", f"{Stage(stage).label} · {subjects.get(subject, subject)}")
            for stage, subject in dict.fromkeys((shelf.stage, shelf.subject) for shelf in shelves())
        ),
    ]


@writes(may=Permission.KEEP)
def tree_file(request: PageRequest, uuid: UUID) -> HttpResponse:
    """What a file would change; the yes; and afterwards what it did change."""
    file = file_of(request.actor, uuid)
    if request.method == "POST":
        try:
            import_tree_file(by=request.actor, file=file, now=now())
        except TreeMoved as moved:
            compare_again(by=request.actor, file=file, now=now())
            messages.warning(request, str(moved))
        else:
            messages.success(request, _("教材目录已更新。"))
        return redirect("textbooks:file", uuid=uuid)
    changes = [] if file.imported_at else changes_in(file, now=now())
    context = {
        "heading": file.name,
        "file": file,
        "tables": _tables(file),
        "changes": changes[:MOST_SHOWN],
        "more_changes": max(len(changes) - MOST_SHOWN, 0),
        "crumbs": [(_("教材目录管理"), reverse("textbooks:keep"))],
    }
    return page_response(request, "textbooks/file.html", context)


def _tables(file: TreeFile) -> list[tuple[str, list[Figure]]]:
    """Kind by kind, how many nodes are new, changed, withdrawn and as they were."""
    return [
        (
            str(kind.label),
            [Figure(change.label, file.counts.get(kind.value, {}).get(change.value, 0), "") for change in Change],
        )
        for kind in NodeKind
    ]


@writes(may=Permission.KEEP)
def withdraw(request: PageRequest, uuid: UUID) -> HttpResponse:
    """Take a textbook out of use; asks first."""
    return _kept(request, textbook_with(uuid), withdraw_textbook, _("已停用，挂着的资源都还在。"))


@writes(may=Permission.KEEP)
def restore(request: PageRequest, uuid: UUID) -> HttpResponse:
    """Bring a textbook back into use; asks first."""
    return _kept(request, textbook_with(uuid), restore_textbook, _("已恢复使用。"))


def _kept(request: PageRequest, book: Textbook, keep: Callable[..., object], said: str) -> HttpResponse:
    if request.method == "POST":
        if asked := ask_first(request, keeping_question(book), back=reverse("textbooks:detail", args=[book.uuid])):
            return asked
        try:
            keep(by=request.actor, textbook=book, now=now())
        except Refusal as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, said)
    return redirect("textbooks:detail", uuid=book.uuid)


@reads(may=Permission.KEEP)
def export(request: PageRequest) -> HttpResponse:
    """The tree in use as a file that an import reads: all of it, a subject, or one textbook."""
    wanted = request.GET.get("textbook", "")
    today = local_day(now())
    words = words_on(today)
    stage, _between, subject = request.GET.get("part", "").partition(BETWEEN)
    book = textbook_with(UUID(wanted)) if _is_uuid(wanted) else None
    part = words.stages.of.get(stage, "") + words.subjects.of.get(subject, "")
    name = note_of(book) if book else part or _("全部")
    form = request.GET.get("form", "")
    form = form if form in MEDIA_TYPES else CSV
    content = written(tree_in_use(stage=stage, subject=subject, textbook=book), words, form)
    response = HttpResponse(content, content_type=MEDIA_TYPES[form])
    filename = _("教材目录-{what}-{day}").format(what=name.replace(" · ", "-"), day=f"{today:%Y%m%d}") + f".{form}"
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=filename) or "attachment"
    response["Cache-Control"] = "no-store"
    return response


def _is_uuid(value: str) -> bool:
    try:
        UUID(value)
    except ValueError:
        return False
    return True
