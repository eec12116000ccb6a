"""Where somebody has everything about them written into a file, and fetches it."""

from uuid import UUID

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from heluo.domains.subject_rights.actions import note_fetch, order_copy
from heluo.domains.subject_rights.errors import CopyUnderWay
from heluo.domains.subject_rights.pages.held import title_of
from heluo.domains.subject_rights.queries.copying import copies_of, copy_for
from heluo.domains.subject_rights.queries.subjects import subject_for
from heluo.kernel.actors.enums import Audience
from heluo.kernel.actors.errors import NotFound
from heluo.kernel.clock.public import local_day, now
from heluo.kernel.files.enums import OrderState
from heluo.kernel.files.public import KEPT_FOR, content_link
from heluo.kernel.pages.fragments import page_response
from heluo.kernel.pages.keyset import keyset_page
from heluo.kernel.pages.rules import PageRequest, writes


@writes(may=Audience.SIGNED_IN)
@never_cache
@reauthentication_required  # type: ignore[untyped-decorator]  # allauth has no types
def copies(request: PageRequest, uuid: UUID) -> HttpResponse:
    """A POST orders a copy. Asks for the password again: a device left signed in must not give everything away."""
    person = subject_for(request.actor, uuid, on=local_day(now()))
    if request.method == "POST":
        try:
            order_copy(by=request.actor, person=person, language=get_language() or "zh-hans", now=now())
            messages.success(request, _("已开始生成，可以离开这一页，完成后在这里下载。"))
        except CopyUnderWay as refusal:
            messages.error(request, str(refusal))
        return redirect("subject_rights:copies", uuid=person.uuid)
    page = keyset_page(copies_of(person), order=("-id",), cursor=request.GET.get("cursor"))
    title = title_of(request.actor, person)
    context = {
        "heading": _("下载一份"),
        "lead": _("把平台保存的全部信息打包：一个可以直接阅读的网页，和每类信息一个 JSON 文件。号码仍是脱敏形式。"),
        "crumbs": [(title, reverse("subject_rights:held", args=[person.uuid]))],
        "person": person,
        "page": page,
        "is_waiting": any(copy.state == OrderState.WAITING for copy in page.items),
        "days": KEPT_FOR.days,
    }
    return page_response(request, "subject_rights/copies.html", context, fragments=("listing",))


@writes(may=Audience.SIGNED_IN)
@never_cache
@reauthentication_required  # type: ignore[untyped-decorator]  # allauth has no types
def copy_file(request: PageRequest, uuid: UUID, copy_id: int) -> HttpResponseBase:
    """A POST leads to the file by a signed link, and is noted."""
    today = local_day(now())
    copy = copy_for(request.actor, subject_for(request.actor, uuid, on=today), copy_id, on=today)
    if request.method != "POST":
        return redirect("subject_rights:copies", uuid=uuid)
    if copy.file is None:
        raise NotFound
    note_fetch(by=request.actor, copy=copy, now=now())
    return redirect(content_link(copy.file, download=True))
