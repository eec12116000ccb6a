"""The page 通知, and the bell."""

from dataclasses import dataclass
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from heluo.kernel.actors.enums import Audience
from heluo.kernel.clock.public import now
from heluo.kernel.notices.actions import KEPT_FOR, read_all, read_notice
from heluo.kernel.notices.models import Notice
from heluo.kernel.notices.queries import NEWEST, notices_of
from heluo.kernel.notices.registry import Kind, kind_named
from heluo.kernel.pages.fragments import page_response
from heluo.kernel.pages.keyset import keyset_page
from heluo.kernel.pages.listing import choices
from heluo.kernel.pages.rules import PageRequest, reads, writes


@dataclass(frozen=True, slots=True)
class ShownNotice:
    """A notice in words."""

    notice: Notice
    kind: Kind
    words: str


@writes(may=Audience.SIGNED_IN)
def mine(request: PageRequest) -> HttpResponse:
    """What I was told, the newest first; all of it is marked as read at once."""
    if request.method == "POST":
        count = read_all(by=request.actor, now=now())
        messages.success(request, _("已把 {count} 条通知标为已读。").format(count=count))
        return redirect("notices:mine")
    only_unread = request.GET.get("state") == "unread"
    page = keyset_page(
        notices_of(request.actor, only_unread=only_unread), order=NEWEST, cursor=request.GET.get("cursor")
    )
    context = {
        "heading": _("通知"),
        "lead": _("需要您办理和与您有关的事。保留 {days} 天。").format(days=KEPT_FOR.days),
        "page": page,
        "rows": [
            ShownNotice(one, kind, kind.words(one.parameters)) for one in page.items if (kind := kind_named(one.kind))
        ],
        "tabs": choices(request.GET, name="state", labels={"": _("全部"), "unread": _("未读")}),
    }
    return page_response(request, "notices/mine.html", context, fragments=("listing",))


@writes(may=Audience.SIGNED_IN)
def opened(request: PageRequest, uuid: UUID) -> HttpResponse:
    """Marks one as read and leads to what it is about."""
    if request.method != "POST":
        return redirect("notices:mine")
    return redirect(read_notice(by=request.actor, uuid=uuid, now=now()).url)


@reads(may=Audience.SIGNED_IN)
def bell(request: PageRequest) -> HttpResponse:
    """The bell alone, as the header shows it."""
    answer = render(request, "notices/bell.html", {"is_live": True})
    answer["Cache-Control"] = "no-store"
    return answer
