"""The chain over the audit log: its state, an ordered verification with progress, the heads to keep elsewhere."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from heluo.kernel.audit.errors import VerificationUnderWay
from heluo.kernel.audit.public import (
    VERIFY_TASK,
    Permission,
    chain_state,
    export_heads,
    heads_to_text,
    latest_verification,
    order_verification,
)
from heluo.kernel.clock.public import local_day, now
from heluo.kernel.jobs.public import is_under_way
from heluo.kernel.pages.fragments import page_response
from heluo.kernel.pages.rules import PageRequest, reads, writes

WHOLE = 100


@writes(may=Permission.VERIFY)
def chain(request: PageRequest) -> HttpResponse:
    """A POST orders a verification."""
    if request.method == "POST":
        try:
            order_verification(by=request.actor, now=now())
            messages.success(request, _("已开始核对，可以离开这一页，结果会留在这里。"))
        except VerificationUnderWay as refusal:
            messages.error(request, str(refusal))
        return redirect("operations:chain")
    newest = latest_verification()
    is_open = newest is not None and newest.finished_at is None
    runs = is_open and is_under_way(VERIFY_TASK)
    context = {
        "heading": _("审计链"),
        "lead": _("每条审计记录都与前一条相连并签名。改动、删除或插入任何一条，核对时都会指出来。"),
        "chain": chain_state(),
        "verification": newest,
        "runs": runs,
        "is_broken_off": is_open and not runs,
        "percent": newest.checked * WHOLE // newest.total if newest is not None and newest.total else None,
    }
    return page_response(request, "operations/chain.html", context, fragments=("verification",))


@reads(may=Permission.VERIFY)
def heads(request: PageRequest) -> HttpResponse:
    """The last seal of each day, one JSON object a line, as `heluo audit verify --heads` takes them."""
    response = HttpResponse(heads_to_text(export_heads()), content_type="application/jsonl")
    response["Content-Disposition"] = f'attachment; filename="heluo-audit-heads-{local_day(now())}.jsonl"'
    response["Cache-Control"] = "no-store"
    return response
