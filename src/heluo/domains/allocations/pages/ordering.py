"""Orders to other nodes: the list, one of them with its receipts, and every deed until it is cancelled."""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from heluo.domains.allocations.access import Permission
from heluo.domains.allocations.actions import (
    add_entries,
    address_order,
    cancel_order,
    delete_order,
    describe_order,
    issue_order,
    remove_entries,
    start_order,
)
from heluo.domains.allocations.enums import FilesMode, Mark, OrderState
from heluo.domains.allocations.forms import MEBI, CancelForm, NodesForm, PastedForm, TermsForm
from heluo.domains.allocations.models import Order, Recipient
from heluo.domains.allocations.queries import (
    can_read,
    items_of,
    may_order,
    nodes_below,
    order_for,
    orders_for,
    recipients_of,
    tally_of,
)
from heluo.domains.collections.public import collected_in
from heluo.engines.catalogue.public import cards_of, find_entries
from heluo.kernel.actors.errors import NotFound, Refusal
from heluo.kernel.clock.public import now
from heluo.kernel.nodes.public import Standing, Tier
from heluo.kernel.pages.enums import Tone
from heluo.kernel.pages.forms import form_page
from heluo.kernel.pages.fragments import page_response
from heluo.kernel.pages.keyset import keyset_page
from heluo.kernel.pages.questions import Question, ask_first
from heluo.kernel.pages.rules import PageRequest, reads, writes
from heluo.kernel.pages.templatetags.pages import filesize, when

TONES = {
    OrderState.DRAFT: Tone.NEUTRAL,
    OrderState.ISSUED: Tone.SUCCESS,
    OrderState.ENDED: Tone.NEUTRAL,
    OrderState.CANCELLED: Tone.DANGER,
}
RESOURCES = ("resource",)


@dataclass(frozen=True, slots=True)
class Line:
    """A node in the table and in the grid of an order. `share` in percent of what the order holds for it."""

    recipient: Recipient
    state: str
    tone: Tone
    share: int


def _crumbs(order: Order | None = None) -> list[tuple[str, str]]:
    start = [(_("资源调配"), reverse("allocations:orders"))]
    return [*start, (order.title, reverse("allocations:detail", args=[order.uuid]))] if order else start


@reads(may=Permission.ISSUE)
def orders(request: PageRequest) -> HttpResponse:
    page = keyset_page(orders_for(request.actor), order=("-made_at", "-id"), cursor=request.GET.get("cursor"))
    context = {
        "heading": _("资源调配"),
        "lead": _("把资源调配给下级节点：推荐、必用或精选；各节点应用后回执。"),
        "page": page,
        "rows": [(one, TONES[OrderState(one.state)]) for one in page.items],
        "may_start": may_order(request.actor),
    }
    return page_response(request, "allocations/orders.html", context, fragments=("listing",))


@writes(may=Permission.ISSUE)
def start(request: PageRequest) -> HttpResponse:
    if not may_order(request.actor):
        raise NotFound
    form = TermsForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with form.refusals():
            made = start_order(by=request.actor, terms=form.terms(), now=now())
            return redirect("allocations:items", uuid=made.uuid)
    context = {
        "heading": _("新建调配单"),
        "submit_label": _("下一步：选资源"),
        "cancel_url": reverse("allocations:orders"),
        "crumbs": _crumbs(),
    }
    return form_page(request, "pages/form.html", form, context)


@reads(may=Permission.ISSUE)
def detail(request: PageRequest, uuid: UUID) -> HttpResponse:
    order = order_for(request.actor, uuid)
    recipients = recipients_of(order)
    count = order.items.count()
    tally = tally_of(recipients)
    wanted = min(count, order.most_items or count)
    lines = [_line(one, order, wanted) for one in recipients]
    context = {
        "heading": order.title,
        "lead": order.note,
        "order": order,
        "is_draft": order.state == OrderState.DRAFT,
        "is_standing": order.state == OrderState.ISSUED,
        "state_label": order.get_state_display(),
        "state_tone": TONES[OrderState(order.state)],
        "facts": [
            (_("标记"), Mark(order.mark).label),
            (_("截止日期"), order.until.isoformat() if order.until else _("一直有效，直到撤销")),
            (_("文件"), FilesMode(order.files).label),
            (_("资源"), ngettext("{count} 个", "{count} 个", count).format(count=count)),
            (_("节点"), ngettext("{count} 个", "{count} 个", tally.nodes).format(count=tally.nodes)),
            (_("每个节点最多"), _quota(order)),
            *([(_("下达"), when(order.issued_at))] if order.issued_at else []),
        ],
        "count": count,
        "tally": tally,
        "lines": lines,
        "grids": _grids(lines),
        "steps": list(order.steps.all()),
        "cards": cards_of([item.entry for item in items_of(order)[:8]]),
        "crumbs": _crumbs(),
        "issuing": _issuing(order, count, tally.nodes),
        "deletion": _deletion(order),
    }
    return page_response(request, "allocations/detail.html", context)


def _quota(order: Order) -> str:
    parts = []
    if order.most_items:
        parts.append(ngettext("{count} 个资源", "{count} 个资源", order.most_items).format(count=order.most_items))
    if order.most_bytes:
        parts.append(_("文件 {size}").format(size=filesize(order.most_bytes)))
    return "，".join(parts) or _("不限")


def _line(one: Recipient, order: Order, wanted: int) -> Line:
    share = min(100, one.applied * 100 // wanted) if wanted else 0
    if order.state == OrderState.DRAFT:
        can = can_read(one.node)
        return Line(one, _("待下达") if can else _("还不会接收调配单"), Tone.NEUTRAL if can else Tone.WAITING, share)
    if one.node.standing != Standing.ACTIVE:
        return Line(one, one.node.get_standing_display(), Tone.DANGER, share)
    if one.sent_at is None:
        return Line(one, _("待发出") if can_read(one.node) else _("还不会接收调配单"), Tone.WAITING, share)
    if one.received_at is None:
        return Line(one, _("已发出，等待接收"), Tone.WAITING, share)
    if one.obstacle:
        return Line(one, one.get_obstacle_display(), Tone.DANGER, share)
    if one.waiting:
        return Line(one, _("部分应用"), Tone.INFO, share)
    return Line(one, _("全部应用"), Tone.SUCCESS, share)


def _grids(lines: list[Line]) -> list[tuple[str, list[Line]]]:
    """The nodes as tiles by tier: what a map would show, also of nodes that stand on none."""
    return [
        (str(tier.label), found)
        for tier in Tier
        if (found := [one for one in lines if one.recipient.node.tier == tier])
    ]


def _deletion(order: Order) -> Question:
    return Question(title=_("删除“{title}”？").format(title=order.title), verb=_("删除草稿"), icon="trash")


def _issuing(order: Order, count: int, nodes: int) -> Question:
    return Question(
        title=_("下达“{title}”？").format(title=order.title),
        verb=_("下达"),
        text=_("{count} 个资源将调配给 {nodes} 个节点。下达后不能再改，只能撤销。").format(count=count, nodes=nodes),
        icon="send",
        look="btn-primary",
    )


@writes(may=Permission.ISSUE)
def describe(request: PageRequest, uuid: UUID) -> HttpResponse:
    order = order_for(request.actor, uuid)
    initial = {
        **{name: getattr(order, name) for name in ("title", "note", "mark", "until", "most_items")},
        "files_mode": order.files,
        "most_mebi": order.most_bytes // MEBI if order.most_bytes else None,
    }
    form = TermsForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        with form.refusals():
            describe_order(by=request.actor, order=order, terms=form.terms(), now=now())
            return redirect("allocations:detail", uuid=uuid)
    context = {
        "heading": _("修改调配单"),
        "cancel_url": reverse("allocations:detail", args=[uuid]),
        "crumbs": _crumbs(order),
    }
    return form_page(request, "pages/form.html", form, context)


@writes(may=Permission.ISSUE)
def items(request: PageRequest, uuid: UUID) -> HttpResponse:
    """What is in a draft; more of it from a search, by pasted identifiers, or a whole collection."""
    order = order_for(request.actor, uuid)
    form = PastedForm(request.POST if "pasted" in request.POST else None)
    if request.method == "POST":
        back = f"{request.path}?{request.GET.urlencode()}"
        if "remove" in request.POST:
            chosen = [int(one) for one in request.POST.getlist("remove") if one.isdecimal()]
            return _said(
                request,
                lambda: (
                    ngettext("已移除 {count} 个资源。", "已移除 {count} 个资源。", gone).format(count=gone)
                    if (gone := remove_entries(by=request.actor, order=order, items=chosen, now=now()))
                    else ""
                ),
                back,
            )
        if "pasted" not in request.POST:
            picked = PastedForm({"pasted": "\n".join(request.POST.getlist("entry")) or "-"})
            picked.is_valid()
            return _said(request, lambda: _added(request, order, picked), back)
        if form.is_valid():
            with form.refusals(otherwise="pasted"):
                messages.success(request, _added(request, order, form))
                return redirect(back)
    text = request.GET.get("q", "").strip()
    found = find_entries(actor=request.actor, text=text, kinds=RESOURCES) if text else None
    page = keyset_page(items_of(order), order=("position",), cursor=request.GET.get("cursor"))
    context = {
        "heading": _("选资源"),
        "lead": order.title,
        "order": order,
        "is_draft": order.state == OrderState.DRAFT,
        "text": text,
        "found": list(zip(found.items, cards_of(found.items), strict=True)) if found else [],
        "page": page,
        "rows": list(zip(page.items, cards_of([item.entry for item in page.items]), strict=True)),
        "total": order.items.count(),
        "crumbs": _crumbs(order),
        "submit_label": _("加入这些资源"),
    }
    return form_page(request, "allocations/items.html", form, context)


def _added(request: PageRequest, order: Order, form: PastedForm) -> str:
    named = form.identifiers()
    collected = collected_in(request.actor, named)
    wanted = [one for name in named for one in collected.get(name, [name])]
    count = add_entries(by=request.actor, order=order, identifiers=wanted, now=now())
    return ngettext("加入了 {count} 个资源。", "加入了 {count} 个资源。", count).format(count=count)


def _said(request: PageRequest, deed: Callable[[], str], back: str, *, onward: str = "") -> HttpResponse:
    """Do it, say what came of it, and lead on; after a refusal back to where it was asked for."""
    try:
        if said := deed():
            messages.success(request, said)
    except NotFound:
        raise
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return redirect(back)
    return redirect(onward or back)


@writes(may=Permission.ISSUE)
def nodes(request: PageRequest, uuid: UUID) -> HttpResponse:
    order = order_for(request.actor, uuid)
    offered = list(nodes_below())
    choices = [(node.domain, f"{node.get_tier_display()} {node.name}（{node.domain}）") for node in offered]
    chosen = [one.node.domain for one in recipients_of(order)]
    form = NodesForm(request.POST or None, choices={"nodes": choices}, initial={"nodes": chosen})
    if request.method == "POST" and form.is_valid():
        tiers, single = set(form.cleaned_data["tiers"]), set(form.cleaned_data["nodes"])
        domains = [node.domain for node in offered if node.tier in tiers or node.domain in single]
        with form.refusals(otherwise="nodes"):
            count = address_order(by=request.actor, order=order, domains=domains, now=now())
            messages.success(
                request, ngettext("选择了 {count} 个节点。", "选择了 {count} 个节点。", count).format(count=count)
            )
            return redirect("allocations:detail", uuid=uuid)
    context = {
        "heading": _("选节点"),
        "lead": _("勾选整个层级，或逐个勾选。") if offered else _("还没有节点接入本平台。"),
        "cancel_url": reverse("allocations:detail", args=[uuid]),
        "crumbs": _crumbs(order),
    }
    return form_page(request, "pages/form.html", form, context)


@writes(may=Permission.ISSUE)
def issue(request: PageRequest, uuid: UUID) -> HttpResponse:
    """A GET only leads to the order."""
    order = order_for(request.actor, uuid)
    back = reverse("allocations:detail", args=[uuid])
    if request.method == "POST":
        if asked := ask_first(request, _issuing(order, order.items.count(), order.recipients.count()), back=back):
            return asked
        return _said(request, lambda: _issued(request, order), back)
    return redirect(back)


def _issued(request: PageRequest, order: Order) -> str:
    issue_order(by=request.actor, order=order, now=now())
    return _("已下达。各节点下一次联系时收到，回执显示在这里。")


@writes(may=Permission.ISSUE)
def cancel(request: PageRequest, uuid: UUID) -> HttpResponse:
    order = order_for(request.actor, uuid)
    form = CancelForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with form.refusals():
            cancel_order(by=request.actor, order=order, reason=form.cleaned_data["reason"], now=now())
            messages.success(request, _("已撤销，会通知各节点。"))
            return redirect("allocations:detail", uuid=uuid)
    context = {
        "heading": _("撤销“{title}”").format(title=order.title),
        "submit_label": _("撤销"),
        "cancel_url": reverse("allocations:detail", args=[uuid]),
        "crumbs": _crumbs(order),
    }
    return form_page(request, "pages/form.html", form, context)


@writes(may=Permission.ISSUE)
def delete(request: PageRequest, uuid: UUID) -> HttpResponse:
    """A GET only leads to the order."""
    order = order_for(request.actor, uuid)
    back = reverse("allocations:detail", args=[uuid])
    if request.method != "POST":
        return redirect(back)
    if asked := ask_first(request, _deletion(order), back=back):
        return asked
    return _said(request, lambda: _deleted(request, order), back, onward=reverse("allocations:orders"))


def _deleted(request: PageRequest, order: Order) -> str:
    delete_order(by=request.actor, order=order, now=now())
    return _("草稿已删除。")
