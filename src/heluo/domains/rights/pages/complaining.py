"""Complaining about a work, signed in or not, and seeing what became of it."""

from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from heluo.domains.rights.actions import complain
from heluo.domains.rights.enums import ComplaintState, Ground
from heluo.domains.rights.forms import ComplaintForm
from heluo.domains.rights.pages.showing import TONES
from heluo.domains.rights.queries import public_complaint
from heluo.engines.catalogue.public import entry_by_identifier
from heluo.kernel.actors.enums import Audience
from heluo.kernel.actors.public import page_of
from heluo.kernel.clock.public import now
from heluo.kernel.pages.forms import form_page
from heluo.kernel.pages.fragments import page_response
from heluo.kernel.pages.rules import PageRequest, reads, writes
from heluo.kernel.pages.templatetags.pages import when


@writes(may=Audience.PUBLIC)
def complain_about(request: PageRequest, uuid: UUID) -> HttpResponse:
    entry = entry_by_identifier(actor=request.actor, identifier=uuid)
    name = request.actor.name if request.actor.is_person else ""
    form = ComplaintForm(request.POST or None, initial={"complainant": name})
    if request.method == "POST" and form.is_valid():
        with form.refusals():
            given = {**form.cleaned_data, "ground": Ground(form.cleaned_data["ground"])}
            made = complain(by=request.actor, entry=entry, now=now(), **given)
            messages.success(request, _("已收到投诉。请保存这一页的网址，处理结果会显示在这里。"))
            return redirect("rights:complaint", uuid=made.uuid)
    lead = _("权利人认为作品侵权时，可以在这里投诉，不需要登录。受理后会请作者说明，再由与双方无关的人员决定。")
    if entry.origin != settings.NODE_DOMAIN:
        lead += _("这个作品来自“{origin}”，投诉会转交那里处理。").format(origin=entry.origin)
    context = {
        "heading": _("投诉“{title}”").format(title=entry.title),
        "lead": lead,
        "submit_label": _("提交投诉"),
        "cancel_url": page_of(entry.kind, uuid),
    }
    return form_page(request, "pages/form.html", form, context)


@reads(may=Audience.PUBLIC)
def complaint(request: PageRequest, uuid: UUID) -> HttpResponse:
    """To whoever was given the address: what it is about and what became of it, and nothing of who complained."""
    found = public_complaint(uuid)
    state = ComplaintState(found.state)
    context = {
        "heading": _("对“{title}”的投诉").format(title=found.title),
        "state_label": state.label,
        "state_tone": TONES.get(state, "neutral"),
        "complaint": found,
        "facts": [
            (_("什么权利"), found.get_ground_display()),
            (_("提出时间"), when(found.at)),
            *([(_("办结时间"), when(found.closed_at))] if found.closed_at else []),
        ],
        "is_forwarded": state == ComplaintState.FORWARDED,
    }
    return page_response(request, "rights/complaint.html", context)
