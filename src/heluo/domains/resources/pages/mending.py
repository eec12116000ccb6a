"""What anybody signed in sees who finds a fault in a published resource."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from heluo.domains.resources.actions import report_fault
from heluo.domains.resources.enums import ResourceState
from heluo.domains.resources.forms import FaultForm
from heluo.domains.resources.queries import fault_titles, public_resource
from heluo.kernel.actors.enums import Audience
from heluo.kernel.actors.errors import NotFound
from heluo.kernel.clock.public import now
from heluo.kernel.pages.forms import form_page
from heluo.kernel.pages.rules import PageRequest, writes


@writes(may=Audience.SIGNED_IN)
def fault(request: PageRequest, uuid: UUID) -> HttpResponse:
    """Report a fault; then to the process, where one sees what becomes of it."""
    resource = public_resource(uuid)
    if resource.state != ResourceState.PUBLISHED:
        raise NotFound
    form = FaultForm(request.POST or None, choices={"fault": fault_titles().items()})
    if request.method == "POST" and form.is_valid():
        with form.refusals():
            instance = report_fault(by=request.actor, resource=resource, now=now(), **form.cleaned_data)
            messages.success(request, _("已告诉作者。处理的经过和结果会显示在这里。"))
            return redirect("process:process", uuid=instance.uuid)
    context = {
        "heading": _("报告“{title}”的问题").format(title=resource.published),
        "lead": _("作者会看到您的姓名和说明，并在 10 个工作日内答复；有异议或超期时由学校处理。"),
        "submit_label": _("报告问题"),
        "cancel_url": reverse("resources:detail", args=[uuid]),
    }
    return form_page(request, "pages/form.html", form, context)
