"""Searches that people keep, and what the search takes for the same."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from heluo.engines.catalogue.access import Permission
from heluo.engines.catalogue.actions import forget_search, keep_synonyms, look_at_search, save_search
from heluo.engines.catalogue.errors import AlreadySaved, NothingAsked, TooManySearches
from heluo.engines.catalogue.forms import SearchForm, SynonymsForm
from heluo.engines.catalogue.queries import address_of_search, asked_by, kept_searches, synonym_sets
from heluo.kernel.actors.errors import NotFound
from heluo.kernel.clock.public import now
from heluo.kernel.pages.forms import form_page
from heluo.kernel.pages.fragments import page_response
from heluo.kernel.pages.rules import PageRequest, reads, writes
from heluo.kernel.pages.undo import offer_undo


@writes(may=Permission.KEEP_SYNONYMS)
def synonyms(request: PageRequest) -> HttpResponse:
    known = "\n".join("、".join(one.words) for one in synonym_sets())
    form = SynonymsForm(request.POST if request.method == "POST" else None, initial={"sets": known})
    if request.method == "POST" and form.is_valid():
        with form.refusals():
            count = keep_synonyms(by=request.actor, lines=form.lines(), now=now())
            said = ngettext("已保存 %(count)d 组同义词。", "已保存 %(count)d 组同义词。", count)
            messages.success(request, said % {"count": count})
            return redirect("catalogue:synonyms")
    context = {
        "heading": _("检索同义词"),
        "lead": _("保存后立即用于全平台的检索。"),
        "submit_label": _("保存"),
    }
    return form_page(request, "pages/form.html", form, context)


@reads(may=Permission.SAVE_SEARCH)
def searches(request: PageRequest) -> HttpResponse:
    """What one keeps, with how much has come since one looked."""
    context = {"heading": _("我的搜索"), "kept": kept_searches(request.actor)}
    return page_response(request, "catalogue/searches.html", context)


@writes(may=Permission.SAVE_SEARCH)
def save(request: PageRequest) -> HttpResponse:
    """Keeps the question that a list was asked, as its form sends it; then back to the list."""
    if request.method != "POST":
        return redirect("catalogue:searches")
    form = SearchForm(request.POST)
    if not form.is_valid():
        raise NotFound
    text, facets = form.question()
    try:
        saved = save_search(by=request.actor, kind=form.cleaned_data["kind"], text=text, facets=facets, now=now())
    except (AlreadySaved, TooManySearches, NothingAsked) as refusal:
        messages.error(request, str(refusal))
        return redirect("catalogue:searches")
    messages.success(request, _("已保存“{title}”，在工作台的“我的搜索”里。").format(title=saved.title))
    return redirect(address_of_search(saved))


@writes(may=Permission.SAVE_SEARCH)
def open_search(request: PageRequest, uuid: UUID) -> HttpResponse:
    """Leads to the list, and counts anew from here on."""
    if request.method != "POST":
        return redirect("catalogue:searches")
    return redirect(address_of_search(look_at_search(by=request.actor, search=uuid, now=now())))


@writes(may=Permission.SAVE_SEARCH)
def forget(request: PageRequest, uuid: UUID) -> HttpResponse:
    if request.method == "POST":
        gone = forget_search(by=request.actor, search=uuid)
        offer_undo(
            request,
            _("已删除“{title}”。").format(title=gone.title),
            action=reverse("catalogue:save"),
            fields={"kind": gone.kind, "asked": asked_by(gone)},
        )
    return redirect("catalogue:searches")
