"""Officers take works down, see what other nodes did, and bring works back."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from heluo.domains.rights.access import Permission
from heluo.domains.rights.actions import restore, take_down
from heluo.domains.rights.enums import ComplaintState
from heluo.domains.rights.forms import OrderForm
from heluo.domains.rights.pages.showing import TONES
from heluo.domains.rights.queries import (
    complaints_at,
    entry_to_order,
    receipts_of,
    takedown_for,
    takedowns_at,
)
from heluo.engines.process.public import processes_about
from heluo.kernel.actors.public import page_of
from heluo.kernel.clock.public import now
from heluo.kernel.pages.forms import form_page
from heluo.kernel.pages.fragments import page_response
from heluo.kernel.pages.keyset import keyset_page
from heluo.kernel.pages.listing import Choice
from heluo.kernel.pages.rules import PageRequest, reads, writes
from heluo.kernel.pages.templatetags.pages import when


@reads(may=Permission.ORDER)
def takedowns(request: PageRequest) -> HttpResponse:
    page = keyset_page(takedowns_at(request.actor), order=("-ordered_at", "-id"), cursor=request.GET.get("cursor"))
    context = {
        "heading": _("版权投诉与下架"),
        "lead": _("本节点的下架令会发给所有接入的节点；来自其他节点的下架令自动执行。"),
        "page": page,
        "tabs": _tabs("takedowns"),
    }
    return page_response(request, "rights/takedowns.html", context, fragments=("listing",))


@reads(may=Permission.ORDER)
def complaints(request: PageRequest) -> HttpResponse:
    page = keyset_page(complaints_at(request.actor), order=("-at", "-id"), cursor=request.GET.get("cursor"))
    context = {
        "heading": _("版权投诉与下架"),
        "page": page,
        "rows": [(one, TONES.get(ComplaintState(one.state), "neutral")) for one in page.items],
        "tabs": _tabs("complaints"),
    }
    return page_response(request, "rights/complaints.html", context, fragments=("listing",))


def _tabs(here: str) -> list[Choice]:
    labels = {"takedowns": _("下架令"), "complaints": _("投诉")}
    return [Choice(label, reverse(f"rights:{name}"), name == here) for name, label in labels.items()]


@writes(may=Permission.ORDER)
def take_down_entry(request: PageRequest, uuid: UUID) -> HttpResponse:
    entry = entry_to_order(request.actor, uuid)
    form = OrderForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with form.refusals():
            made = take_down(by=request.actor, entry=entry, reason=form.cleaned_data["reason"], now=now())
            messages.success(request, _("已下架，并向所有接入的节点发出下架令。"))
            return redirect("rights:takedown", uuid=made.uuid)
    context = {
        "heading": _("责令下架“{title}”").format(title=entry.title),
        "lead": _("作品在本节点立即停止公开，恢复以前不能再发布；其他节点收到下架令后立即停止展示，并发回回执。"),
        "submit_label": _("责令下架"),
        "cancel_url": page_of(entry.kind, uuid),
    }
    return form_page(request, "pages/form.html", form, context)


@writes(may=Permission.ORDER)
def takedown(request: PageRequest, uuid: UUID) -> HttpResponse:
    """An order with its receipts; a POST restores the work."""
    found = takedown_for(request.actor, uuid)
    can_restore = not found.source and found.restored_at is None
    form = OrderForm(request.POST or None)
    if request.method == "POST" and can_restore and form.is_valid():
        with form.refusals():
            restore(by=request.actor, takedown=found, reason=form.cleaned_data["reason"], now=now())
            messages.success(request, _("已恢复，并通知了所有接入的节点。"))
            return redirect("rights:takedown", uuid=uuid)
    complaint = found.complaint
    context = {
        "heading": _("“{title}”的下架令").format(title=found.title),
        "crumbs": [(_("版权投诉与下架"), reverse("rights:takedowns"))],
        "state_label": _("已撤销") if found.restored_at else _("有效"),
        "state_tone": "neutral" if found.restored_at else "danger",
        "takedown": found,
        "receipts": receipts_of(found),
        "form": form if can_restore else None,
        "process": processes_about(request.actor, "rights_complaint", complaint.uuid).first() if complaint else None,
        "facts": [
            (_("来源节点"), found.origin),
            (_("理由"), found.reason),
            (_("下令时间"), when(found.ordered_at)),
            *([(_("下令人"), found.by_name)] if found.by_name else []),
            *(
                [(_("恢复时间"), when(found.restored_at)), (_("恢复理由"), found.restored_reason)]
                if found.restored_at
                else []
            ),
        ],
    }
    return page_response(request, "rights/takedown.html", context)
