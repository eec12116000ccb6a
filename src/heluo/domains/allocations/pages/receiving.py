"""Orders of the node above: what came, for officers; what is to be used, for those who teach."""

from django.http import HttpResponse
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from heluo.domains.allocations.access import Permission
from heluo.domains.allocations.enums import FilesMode, ItemState, Mark, ReceivedState
from heluo.domains.allocations.models import Received, ReceivedItem
from heluo.domains.allocations.pages.marking import mark_words
from heluo.domains.allocations.queries import (
    allocated_items,
    counts_of,
    files_here,
    received_for,
    received_one,
    tiers_of,
)
from heluo.engines.catalogue.models import Entry
from heluo.engines.catalogue.public import cards_of, entries_by_ids, page_of
from heluo.kernel.clock.public import local_day, now
from heluo.kernel.pages.enums import Tone
from heluo.kernel.pages.fragments import page_response
from heluo.kernel.pages.keyset import keyset_page
from heluo.kernel.pages.listing import choices
from heluo.kernel.pages.rules import PageRequest, reads
from heluo.kernel.pages.templatetags.pages import filesize, when

TONES = {
    ReceivedState.ARRIVING: Tone.WAITING,
    ReceivedState.STANDING: Tone.SUCCESS,
    ReceivedState.ENDED: Tone.NEUTRAL,
    ReceivedState.CANCELLED: Tone.DANGER,
}
ITEM_TONES = {ItemState.WAITING: Tone.WAITING, ItemState.APPLIED: Tone.SUCCESS, ItemState.REFUSED: Tone.DANGER}


@reads(may=Permission.USE)
def allocated(request: PageRequest) -> HttpResponse:
    """What the node above recommends, requires or features, as far as it is here and may be seen."""
    labels: dict[str, str | Promise] = {"": _("全部"), **{mark.value: mark.label for mark in Mark}}
    tabs = choices(request.GET, name="mark", labels=labels)
    mark = request.GET.get("mark", "")
    found = allocated_items(request.actor, day=local_day(now()), mark=mark if mark in Mark.values else "")
    page = keyset_page(
        found, order=("-received__came_at", "-received_id", "position", "id"), cursor=request.GET.get("cursor")
    )
    entries = entries_by_ids(actor=request.actor, identifiers=[item.identifier for item in page.items])
    shown = list(dict.fromkeys(item.identifier for item in page.items if item.identifier in entries))
    context = {
        "heading": _("上级调配"),
        "lead": _("上级平台推荐、要求使用或精选的资源。"),
        "tabs": tabs,
        "page": page,
        "cards": cards_of([entries[one] for one in shown]),
    }
    return page_response(request, "allocations/allocated.html", context, fragments=("listing",))


@reads(may=Permission.OVERSEE)
def received(request: PageRequest) -> HttpResponse:
    page = keyset_page(received_for(request.actor), order=("-came_at", "-id"), cursor=request.GET.get("cursor"))
    counts, tiers = counts_of(page.items), tiers_of({one.sender for one in page.items})
    context = {
        "heading": _("收到的调配单"),
        "lead": _("上级节点下达的调配单，和它们在本平台的情况。"),
        "page": page,
        "rows": [
            {
                "order": one,
                "mark": mark_words(one.mark, tiers.get(one.sender, "")),
                "applied": counts[one.pk].get(ItemState.APPLIED, 0),
                "all": sum(counts[one.pk].values()),
                "tone": TONES[ReceivedState(one.state)],
            }
            for one in page.items
        ],
    }
    return page_response(request, "allocations/received.html", context, fragments=("listing",))


@reads(may=Permission.OVERSEE)
def received_detail(request: PageRequest, number: int) -> HttpResponse:
    order = received_one(request.actor, number)
    counts = counts_of([order])[order.pk]
    page = keyset_page(order.items.all(), order=("position", "id"), cursor=request.GET.get("cursor"))
    entries = entries_by_ids(actor=request.actor, identifiers=[item.identifier for item in page.items])
    files, size = files_here(order)
    context = {
        "heading": order.title,
        "lead": order.note,
        "order": order,
        "state_label": order.get_state_display(),
        "state_tone": TONES[ReceivedState(order.state)],
        "page": page,
        "rows": [_row(item, entries.get(item.identifier)) for item in page.items],
        "facts": [
            (_("来自"), order.sender),
            (_("标记"), mark_words(order.mark, tiers_of({order.sender}).get(order.sender, ""))),
            (_("截止日期"), order.until.isoformat() if order.until else _("一直有效，直到撤销")),
            (_("文件"), FilesMode(order.files).label),
            *((state.label, counts.get(state, 0)) for state in ItemState),
            (_("已在本平台的文件"), _("{count} 个，{size}").format(count=files, size=filesize(size))),
            (_("到达本平台"), when(order.came_at)),
            *([(_("没有收全的原因"), order.get_obstacle_display())] if order.obstacle else []),
            *([(_("撤销的原因"), order.reason)] if order.reason else []),
        ],
        "parts": _arriving(order),
        "crumbs": [(_("收到的调配单"), reverse("allocations:received"))],
    }
    return page_response(request, "allocations/received_detail.html", context, fragments=("listing",))


def _row(item: ReceivedItem, entry: Entry | None) -> tuple[ReceivedItem, Entry | None, str, Tone]:
    return item, entry, page_of(entry) if entry else "", ITEM_TONES[ItemState(item.state)]


def _arriving(order: Received) -> str:
    if order.state != ReceivedState.ARRIVING:
        return ""
    return _("分 {parts} 段发来，已到 {arrived} 段。").format(parts=order.parts, arrived=len(order.arrived))
