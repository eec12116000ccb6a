"""Handing a step over to a colleague."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from heluo.engines.process.actions import delegate_item
from heluo.engines.process.actions.moving import require_doable
from heluo.engines.process.forms import DelegationForm
from heluo.engines.process.queries import colleagues, work_item_for
from heluo.engines.process.vocabulary import called
from heluo.kernel.actors.enums import Audience
from heluo.kernel.clock.public import now
from heluo.kernel.pages.forms import form_page
from heluo.kernel.pages.rules import PageRequest, writes


@writes(may=Audience.SIGNED_IN)
def delegation(request: PageRequest, uuid: UUID) -> HttpResponse:
    """Who else may do this step, to choose one; for whoever may do it now."""
    item = work_item_for(request.actor, uuid)
    require_doable(request.actor, item)
    at = now()
    people = {str(one.uuid): one.name for one in colleagues(request.actor, item, at)}
    choices = {"to": [("", _("请选择")), *people.items()]}
    form = DelegationForm(request.POST if request.method == "POST" else None, choices=choices)
    if request.method == "POST" and form.is_valid():
        with form.refusals():
            to, text = form.cleaned_data["to"], form.cleaned_data["text"]
            delegate_item(by=request.actor, item=item, to=UUID(to), text=text, now=at)
            messages.success(request, _("已转交给{name}。").format(name=people[to]))
            return redirect("process:work")
    here = reverse("process:work_item", args=[uuid])
    context = {
        "heading": _("转交：{step}").format(step=called(item.name)),
        "lead": item.instance.title,
        "crumbs": [(_("我的待办"), reverse("process:work")), (called(item.name), here)],
        "people": people,
        "place": item.place,
        "back": here,
        "submit_label": _("转交"),
        "cancel_url": here,
    }
    return form_page(request, "process/delegation.html", form, context)
