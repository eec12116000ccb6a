"""Where somebody asks for a correction or an erasure, and follows what they asked."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from heluo.domains.subject_rights.actions import ask_correction, ask_erasure
from heluo.domains.subject_rights.forms import CorrectionForm, ErasureForm
from heluo.domains.subject_rights.pages.held import title_of
from heluo.domains.subject_rights.pages.showing import rows_of
from heluo.domains.subject_rights.queries.held import held_about
from heluo.domains.subject_rights.queries.requests import fact_of, requests_of
from heluo.domains.subject_rights.queries.subjects import subject_for
from heluo.kernel.actors.enums import Audience
from heluo.kernel.actors.errors import NotFound
from heluo.kernel.clock.public import local_day, now
from heluo.kernel.pages.forms import form_page
from heluo.kernel.pages.fragments import page_response
from heluo.kernel.pages.keyset import keyset_page
from heluo.kernel.pages.rules import PageRequest, reads, writes

COUNTED = 100
"""More than so many facts of one holding are not counted on the page."""


@writes(may=Audience.SIGNED_IN)
def correct(request: PageRequest, uuid: UUID, holding: str, fact: str) -> HttpResponse:
    """Ask the source of a fact to correct it."""
    today = local_day(now())
    person = subject_for(request.actor, uuid, on=today)
    found = fact_of(person, holding, fact, on=today)
    if found is None or not found.can_be_corrected:
        raise NotFound
    form = CorrectionForm(request.POST or None, request.FILES or None)
    if form.is_valid():
        sent = form.cleaned_data["evidence"]
        with form.refusals():
            made = ask_correction(
                by=request.actor,
                person=person,
                holding=holding,
                fact=fact,
                wanted=form.cleaned_data["wanted"],
                reason=form.cleaned_data["reason"],
                evidence=(sent.name, sent.file) if sent else None,
                now=now(),
            )
            messages.success(request, _("申请已送达“{place}”。").format(place=made.place.name))
            return redirect("subject_rights:request", uuid=made.uuid)
    back = reverse("subject_rights:held", args=[person.uuid])
    context = {
        "heading": _("申请更正"),
        "lead": _("由登记这一项的单位核对和改正，平台上别人不能替它改。"),
        "crumbs": [(title_of(request.actor, person), back)],
        "known_facts": [
            (_("关于谁"), person.name),
            (found.label, found.value, found.source.title),
        ],
        "submit_label": _("提交申请"),
        "cancel_url": back,
        "has_file": True,
    }
    return form_page(request, "subject_rights/correct.html", form, context)


@writes(may=Audience.SIGNED_IN)
def erase(request: PageRequest, uuid: UUID) -> HttpResponse:
    """Ask to have optional information erased; what stays is shown with its reason before anything is asked."""
    today = local_day(now())
    person = subject_for(request.actor, uuid, on=today)
    erasable, kept = [], []
    for one in held_about(person, on=today, most=COUNTED):
        if not one.facts:
            continue
        why = one.holding.kept_because(person.uuid, on=today)
        if why:
            kept.append((one.holding.title, why))
        else:
            count = _("{count} 项").format(count=f"{COUNTED}+" if one.has_more else len(one.facts))
            erasable.append((one.holding.key, f"{one.holding.title}（{count}）"))
    form = ErasureForm(request.POST or None, erasable=erasable)
    if form.is_valid():
        with form.refusals():
            made = ask_erasure(
                by=request.actor,
                person=person,
                chosen=form.cleaned_data["chosen"],
                reason=form.cleaned_data["reason"],
                now=now(),
            )
            messages.success(request, _("申请已送达“{place}”。").format(place=made.place.name))
            return redirect("subject_rights:request", uuid=made.uuid)
    back = reverse("subject_rights:held", args=[person.uuid])
    context = {
        "heading": _("申请删除"),
        "lead": _("可以删除的内容由登记单位核对后删除，删除后不能恢复。"),
        "crumbs": [(title_of(request.actor, person), back)],
        "submit_label": _("提交申请"),
        "cancel_url": back,
        "erasable": erasable,
        "kept": kept,
    }
    return form_page(request, "subject_rights/erase.html", form, context)


@reads(may=Audience.SIGNED_IN)
def my_requests(request: PageRequest) -> HttpResponse:
    """What one asked for oneself and one's children."""
    page = keyset_page(
        requests_of(request.actor, on=local_day(now())), order=("-id",), cursor=request.GET.get("cursor")
    )
    context = {
        "heading": _("我的申请"),
        "crumbs": [(_("我的信息"), reverse("subject_rights:mine"))],
        "page": page,
        "rows": rows_of(page.items),
    }
    return page_response(request, "subject_rights/my_requests.html", context, fragments=("listing",))
