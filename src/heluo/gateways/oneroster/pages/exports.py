"""Where an administrator has the register of their organisation packed, and fetches it."""

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from heluo.gateways.oneroster.access import Permission
from heluo.gateways.oneroster.actions import note_download, order_export
from heluo.gateways.oneroster.forms import ExportForm
from heluo.gateways.oneroster.queries import export_for, exports_for, own_organisations
from heluo.kernel.actors.errors import NotFound
from heluo.kernel.clock.public import now
from heluo.kernel.files.public import KEPT_FOR, OrderState, content_link
from heluo.kernel.pages.forms import form_page
from heluo.kernel.pages.keyset import keyset_page
from heluo.kernel.pages.rules import PageRequest, writes


@writes(may=Permission.EXPORT)
def export_list(request: PageRequest) -> HttpResponseBase:
    """A POST orders a bulk file."""
    form = ExportForm(request.POST or None, organisations=own_organisations(request.actor))
    if request.method == "POST" and form.is_valid():
        with form.refusals():
            order_export(
                by=request.actor,
                organisation=form.chosen,
                with_demographics=form.cleaned_data["with_demographics"],
                now=now(),
            )
        if not form.errors:
            messages.success(request, _("已开始生成，可以离开这一页，完成后在这里下载。"))
            return redirect("oneroster:exports")
    page = keyset_page(exports_for(request.actor), order=("-id",), cursor=request.GET.get("cursor"))
    context = {
        "heading": _("名册数据包"),
        "lead": _("按 OneRoster 1.2 标准打包本单位的机构、班级、师生和任课关系，供其他学习平台整体导入。"),
        "page": page,
        "is_waiting": any(export.state == OrderState.WAITING for export in page.items),
        "days": KEPT_FOR.days,
    }
    return form_page(request, "oneroster/exports.html", form, context, fragments=("listing",))


@writes(may=Permission.EXPORT)
def export_file(request: PageRequest, export_id: int) -> HttpResponseBase:
    """A POST leads to the file, and is noted."""
    export = export_for(request.actor, export_id)
    if request.method != "POST":
        return redirect("oneroster:exports")
    if export.file is None:
        raise NotFound
    note_download(by=request.actor, export=export, now=now())
    return redirect(content_link(export.file, download=True))
