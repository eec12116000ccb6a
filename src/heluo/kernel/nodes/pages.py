"""The doors for other nodes, and the pages on which operators see and decide about them."""

from collections.abc import Callable

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse, JsonResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt

from heluo.kernel.access.errors import TooManyRequests
from heluo.kernel.access.knocks import count_knock
from heluo.kernel.access.middleware import address_of
from heluo.kernel.actors.enums import Audience
from heluo.kernel.actors.errors import NotFound, Refusal
from heluo.kernel.actors.public import actor_title
from heluo.kernel.clock.public import now
from heluo.kernel.nodes import actions
from heluo.kernel.nodes.access import Permission
from heluo.kernel.nodes.enums import Fault, RequestState, Standing
from heluo.kernel.nodes.errors import ExchangeRefused, JoinRequestsFull
from heluo.kernel.nodes.forms import RefusalForm
from heluo.kernel.nodes.models import JoinRequest, Node, NodeKey
from heluo.kernel.nodes.queries import (
    NodeFacts,
    facts_of,
    key_of,
    keys_of,
    message_of,
    messages_in_trouble,
    node_called,
    nodes,
    own_keys,
    request_numbered,
    requests_of,
    troubles_of,
    waiting_requests,
)
from heluo.kernel.nodes.registry import kind_named
from heluo.kernel.nodes.vocabulary import MOST_ENVELOPE_BYTES
from heluo.kernel.pages.enums import Tone
from heluo.kernel.pages.forms import form_page
from heluo.kernel.pages.fragments import page_response
from heluo.kernel.pages.keyset import keyset_page
from heluo.kernel.pages.questions import Question, ask_first
from heluo.kernel.pages.rules import PageRequest, reads, writes

EXCHANGES_PER_MINUTE = 600
"""From one address: boxes of a whole county may stand behind one."""
JOINS_PER_MINUTE = 10
NO_PROOF = 401
"""For whoever sends nothing signed."""
TONES = {
    Standing.REQUESTED: Tone.WAITING,
    Standing.ACTIVE: Tone.SUCCESS,
    Standing.REFUSED: Tone.DANGER,
    Standing.ENDED: Tone.NEUTRAL,
}

# -- for other nodes --------------------------------------------------------------------------------------------------


@csrf_exempt
@writes(may=Audience.PROGRAM)
def exchange(request: PageRequest) -> HttpResponse:
    """An envelope in, an envelope out. Its signature is the only proof of who asks."""
    return _answer_node(request, actions.answer_envelope, "nodes.exchange", EXCHANGES_PER_MINUTE)


@csrf_exempt
@writes(may=Audience.PROGRAM)
def join(request: PageRequest) -> HttpResponse:
    """The card of a node that asks to be let in, and ours back."""
    return _answer_node(request, actions.answer_card, "nodes.join", JOINS_PER_MINUTE)


def _answer_node(request: PageRequest, action: Callable[..., str], door: str, limit: int) -> HttpResponse:
    if request.method != "POST":
        return _no(Fault.UNKNOWN_NODE.value, str(ExchangeRefused(Fault.UNKNOWN_NODE)), NO_PROOF)
    at = now()
    try:
        count_knock(f"{door}:{address_of(request)}", limit=limit, now=at)
        return HttpResponse(action(token=_sent(request), now=at), content_type="application/jose")
    except ExchangeRefused as refusal:
        return _no(refusal.fault.value, str(refusal), refusal.http_status)
    except (TooManyRequests, JoinRequestsFull) as refusal:
        return _no(Fault.TOO_OFTEN.value, str(refusal), refusal.status)


def _sent(request: PageRequest) -> str:
    size = request.META.get("CONTENT_LENGTH") or "0"
    if not size.isdecimal() or int(size) > MOST_ENVELOPE_BYTES:
        actions.note_trouble(node=None, fault=Fault.TOO_LARGE, now=now())
        raise ExchangeRefused(Fault.TOO_LARGE)
    return request.body.decode("ascii", "replace")


def _no(code: str, detail: str, status: int) -> HttpResponse:
    return JsonResponse({"code": code, "detail": detail}, status=status)


# -- for operators ----------------------------------------------------------------------------------------------------


@reads(may=Permission.MANAGE)
def node_list(request: PageRequest) -> HttpResponse:
    page = keyset_page(nodes(), order=("domain",), cursor=request.GET.get("cursor"))
    own = own_keys()
    context = {
        "heading": _("节点"),
        "lead": _("其他节点与本节点交换消息；申请接入的节点在这里批准。"),
        "page": page,
        "rows": [{"facts": facts, "tone": TONES[Standing(facts.node.standing)]} for facts in facts_of(page.items)],
        "requests": list(waiting_requests()[:50]),
        "own": [
            (_("名称"), settings.NODE_NAME),
            (_("域名"), settings.NODE_DOMAIN),
            (_("密钥指纹"), own[0].fingerprint if own else _("第一次与其他节点联系时生成")),
        ],
        "strangers": troubles_of(None),
    }
    return page_response(request, "nodes/nodes.html", context, fragments=("listing",))


@reads(may=Permission.MANAGE)
def node_detail(request: PageRequest, domain: str) -> HttpResponse:
    """A node, and whoever asks to be let in under its name."""
    if domain == settings.NODE_DOMAIN:
        return redirect("nodes:nodes")
    return _detail(request, domain, _refusal_form(0))


def _refusal_form(number: int, data: QueryDict | None = None) -> RefusalForm:
    """Several may stand on one page."""
    return RefusalForm(data, auto_id=f"request-{number}-%s")


def _detail(request: PageRequest, domain: str, form: RefusalForm, refused: int | None = None) -> HttpResponse:
    node, requests = node_called(domain), requests_of(domain)
    if node is None and not requests:
        raise NotFound
    waiting = [one for one in requests if one.state == RequestState.WAITING]
    [facts] = facts_of([node]) if node else [None]
    keys = keys_of(node) if node else []
    known = {key.key_id for key in keys}
    context = {
        "heading": node.name if node else requests[0].name,
        "lead": domain,
        "crumbs": [(_("节点"), reverse("nodes:nodes"))],
        "state_label": Standing(node.standing).label if node else RequestState(requests[0].state).label,
        "state_tone": TONES[Standing(node.standing)] if node else Tone.WAITING,
        "node": node,
        "lag": facts,
        "facts": _facts(node, facts) if node and facts else _introduced(requests[0]),
        "waiting": [
            {
                "request": one,
                "is_other_key": bool(node) and one.key_id not in known,
                "is_disputed": len(waiting) > 1,
                "approving": _approving(one, node),
                "dialog": f"confirm-approve-{one.pk}",
                "form": form if one.pk == refused else _refusal_form(one.pk),
            }
            for one in waiting
        ],
        "decided": [
            {"request": one, "who": actor_title(one.decided_by, None)}
            for one in requests
            if one.state != RequestState.WAITING
        ],
        "keys": [{"key": key, "revoking": _revoking(key), "dialog": f"confirm-revoke-{key.key_id}"} for key in keys],
        "capabilities": [_kind_title(kind) for kind in node.capabilities] if node else [],
        "stuck": [{"message": one, "title": _kind_title(one.kind)} for one in messages_in_trouble(node)]
        if node
        else [],
        "troubles": troubles_of(node) if node else [],
        "ending": _ending(node) if node and node.standing != Standing.ENDED else None,
    }
    return form_page(request, "nodes/node.html", form, context)


@writes(may=Permission.MANAGE)
def approve(request: PageRequest, number: int) -> HttpResponse:
    """A GET only leads to the node."""
    found = request_numbered(number)
    back = reverse("nodes:detail", args=[found.domain])
    if request.method == "POST":
        if asked := ask_first(request, _approving(found, node_called(found.domain)), back=back):
            return asked
        _say(
            request,
            lambda: actions.approve_request(by=request.actor, request=found, now=now()),
            _("已批准“{name}”接入，它下一次联系时就会知道。").format(name=found.name),
        )
    return redirect(back)


@writes(may=Permission.MANAGE)
@never_cache
def refuse(request: PageRequest, number: int) -> HttpResponse:
    """A GET only leads to the node."""
    found = request_numbered(number)
    if request.method != "POST":
        return redirect("nodes:detail", domain=found.domain)
    form = _refusal_form(number, request.POST)
    if form.is_valid():
        with form.refusals():
            actions.refuse_request(by=request.actor, request=found, reason=form.cleaned_data["reason"], now=now())
            messages.success(request, _("没有批准“{name}”接入，原因会告诉它。").format(name=found.name))
            return redirect("nodes:detail", domain=found.domain)
    return _detail(request, found.domain, form, refused=found.pk)


@writes(may=Permission.MANAGE)
def end(request: PageRequest, domain: str) -> HttpResponse:
    """A GET only leads to the node."""
    node = node_called(domain)
    if node is None:
        raise NotFound
    back = reverse("nodes:detail", args=[domain])
    if request.method == "POST":
        if asked := ask_first(request, _ending(node), back=back):
            return asked
        _say(
            request,
            lambda: actions.end_node(by=request.actor, node=node, now=now()),
            _("已停止与“{name}”的往来。").format(name=node.name),
        )
    return redirect(back)


@writes(may=Permission.MANAGE)
def revoke(request: PageRequest, domain: str, key_id: str) -> HttpResponse:
    """A GET only leads to the node."""
    key = key_of(domain, key_id)
    back = reverse("nodes:detail", args=[domain])
    if request.method == "POST":
        if asked := ask_first(request, _revoking(key), back=back):
            return asked
        _say(
            request,
            lambda: actions.revoke_key(by=request.actor, key=key, now=now()),
            _("密钥已吊销，用它签名的内容不再接受。"),
        )
    return redirect(back)


@writes(may=Permission.MANAGE)
def retry(request: PageRequest, domain: str, number: int) -> HttpResponse:
    """A GET only leads to the node."""
    message = message_of(domain, number)
    if request.method == "POST":
        try:
            if actions.retry_message(by=request.actor, message=message, now=now()):
                messages.success(request, _("这条消息已处理。"))
            else:
                messages.error(request, _("这条消息还是没有处理成功，原因见下。"))
        except Refusal as refusal:
            messages.error(request, str(refusal))
    return redirect("nodes:detail", domain=domain)


def _say(request: PageRequest, deed: Callable[[], object], done: str) -> None:
    try:
        deed()
        messages.success(request, done)
    except Refusal as refusal:
        messages.error(request, str(refusal))


def _facts(node: Node, facts: NodeFacts) -> list[tuple[str, object]]:
    return [
        *_introduced(node),
        (_("方向"), _("本节点定期联系它") if node.address else _("它定期联系本节点")),
        *([(_("地址"), node.address)] if node.address else []),
        (
            _("等待送达"),
            ngettext("{count} 条消息", "{count} 条消息", facts.waiting).format(count=facts.waiting),
        ),
    ]


def _introduced(who: Node | JoinRequest) -> list[tuple[str, object]]:
    return [(_("域名"), who.domain), (_("层级"), who.get_tier_display()), (pgettext("node", "版本"), who.version)]


def _kind_title(kind: str) -> str:
    known = kind_named(kind)
    return str(known.title) if known else _("本节点不认识的消息种类（{kind}）").format(kind=kind)


def _approving(asked: JoinRequest, node: Node | None) -> Question:
    replaces = node is not None and not node.keys.filter(key_id=asked.key_id).exists()
    return Question(
        title=_("批准“{name}”（{domain}）接入？").format(name=asked.name, domain=asked.domain),
        verb=_("批准接入"),
        text=_(
            "它在本节点的密钥将换成这一把，原来的密钥随即吊销。请先用电话等方式向对方核对指纹：{fingerprint}"
        ).format(fingerprint=asked.fingerprint)
        if replaces
        else _("请先用电话等方式向对方核对密钥指纹：{fingerprint}").format(fingerprint=asked.fingerprint),
        icon="check",
        look="btn-primary",
    )


def _ending(node: Node) -> Question:
    return Question(
        title=_("停止与“{name}”的往来？").format(name=node.name),
        verb=_("停止往来"),
        text=_("双方不再交换消息，还没有送达的消息保留。以后它可以再次申请接入。"),
        icon="plug-connected-x",
    )


def _revoking(key: NodeKey) -> Question:
    return Question(
        title=_("吊销“{name}”的这把密钥？").format(name=key.node.name),
        verb=_("吊销"),
        text=_(
            "用它签名的内容从现在起都不接受，不能恢复。对方没有别的密钥时，要换新密钥重新申请接入。指纹：{fingerprint}"
        ).format(fingerprint=key.fingerprint),
        icon="x",
    )
