"""One request, for whoever asked and whoever decides, and the list of a bureau or school."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from heluo.domains.subject_rights.access import Permission
from heluo.domains.subject_rights.actions import (
    grant_request,
    object_to_refusal,
    pass_up,
    refuse_request,
    withdraw_request,
)
from heluo.domains.subject_rights.enums import RequestKind, RequestState
from heluo.domains.subject_rights.forms import DecisionForm, ObjectionForm
from heluo.domains.subject_rights.models import Request
from heluo.domains.subject_rights.pages.showing import TONES, asked_in_words, fact_in_words, is_late, rows_of, trail_of
from heluo.domains.subject_rights.queries.requests import registered_fact, request_for, requests_at
from heluo.kernel.actors.enums import Audience
from heluo.kernel.actors.public import allows
from heluo.kernel.clock.public import local_day, now
from heluo.kernel.files.public import content_link
from heluo.kernel.holdings.public import Sight, looked_at, notes_looks, workshop_of
from heluo.kernel.pages.forms import form_page
from heluo.kernel.pages.fragments import page_response
from heluo.kernel.pages.keyset import keyset_page
from heluo.kernel.pages.listing import choices
from heluo.kernel.pages.questions import Question, ask_first
from heluo.kernel.pages.rules import PageRequest, reads, writes
from heluo.kernel.search.public import capped_count

MOST_URGENT_FIRST = ("due_on", "id")


@reads(may=Permission.VIEW)
def at_desk(request: PageRequest) -> HttpResponse:
    """The requests of one's organisation and of those below."""
    tabs = choices(request.GET, name="state", labels=dict(RequestState.choices))
    state = next(value for value, tab in zip(RequestState.values, tabs, strict=True) if tab.is_current)
    found = requests_at(request.actor).filter(state=state)
    page = keyset_page(found, order=MOST_URGENT_FIRST, cursor=request.GET.get("cursor"))
    context = {
        "heading": _("个人信息申请"),
        "lead": _("本人或监护人申请更正、删除个人信息。由登记这项信息的单位办理，异议由上级单位复核。"),
        "tabs": tabs,
        "page": page,
        "rows": rows_of(page.items),
        "with_person": True,
        "count": capped_count(found),
        "unit": _("份申请"),
    }
    return page_response(request, "subject_rights/at_desk.html", context, fragments=("listing",))


@notes_looks
@writes(may=Audience.SIGNED_IN)
def one_request(request: PageRequest, uuid: UUID) -> HttpResponse:
    """What is asked, beside what stands in the register now, with the decision or the answer."""
    today = local_day(now())
    one, is_own = request_for(request.actor, uuid, on=today)
    if not is_own:
        looked_at(request, one.person.uuid, Sight.REQUEST)
    steps = list(one.steps.select_related("place"))
    can_decide = not is_own and one.is_open and allows(request.actor, Permission.DECIDE, on=one)
    can_object = is_own and one.state == RequestState.REFUSED and one.objected_at is None and one.place.parent
    posted = request.POST if request.method == "POST" else None
    form = DecisionForm(posted) if can_decide else ObjectionForm(posted)
    if posted is not None and "withdraw" in posted:
        withdraw_request(by=request.actor, request=one, seen=_seen(request), now=now())
        messages.success(request, _("申请已撤回。"))
        return redirect("subject_rights:request", uuid=one.uuid)
    if posted is not None and form.is_valid():
        if "grant" in posted and one.kind == RequestKind.ERASURE:
            back = reverse("subject_rights:request", args=[one.uuid])
            if asked := ask_first(request, _question(one), back=back):
                return asked
        with form.refusals():
            return _acted(request, one, form.cleaned_data["text"], is_own=is_own)
    found = registered_fact(one.person, one.holding, one.fact, on=today) if can_decide else None
    workshop = workshop_of(one.holding)
    crumbs = (
        [(_("我的信息"), reverse("subject_rights:mine")), (_("我的申请"), reverse("subject_rights:my_requests"))]
        if is_own
        else [(_("个人信息申请"), reverse("subject_rights:at_desk"))]
    )
    context = {
        "heading": asked_in_words(one),
        "crumbs": crumbs,
        "state_label": one.get_state_display(),
        "state_tone": TONES[RequestState(one.state)],
        "one": one,
        "facts": _facts(one),
        "is_late": is_late(one, today),
        "is_erasure": one.kind == RequestKind.ERASURE,
        "evidence": content_link(one.attachment) if one.attachment and one.attachment.is_readable else "",
        "events": trail_of(steps, with_names=not is_own),
        "seen": len(steps),
        "is_own": is_own,
        "can_decide": can_decide,
        "can_object": can_object,
        "value_now": found.value if found else "",
        "changed_at": found.url if found else "",
        "workshop": workshop if can_decide else None,
        "workshop_url": reverse(workshop.route) if can_decide and workshop else "",
    }
    return form_page(request, "subject_rights/request.html", form, context)


def _seen(request: PageRequest) -> int:
    """How many steps the page showed; a nonsense number fits no request."""
    told = request.POST.get("seen", "")
    return int(told) if told.isascii() and told.isdigit() and len(told) < 5 else 0  # smallint


def _question(one: Request) -> Question:
    return Question(
        title=_("{deed}？").format(deed=asked_in_words(one)),
        verb=_("永久删除"),
        text=_("{name}的这些内容会立即从平台删除，不能恢复。").format(name=one.person.name),
    )


def _facts(one: Request) -> list[tuple[str, object]]:
    facts: list[tuple[str, object]] = [(_("姓名"), one.person.name)]
    if one.asked_by_id != one.person_id:
        facts.append((_("申请人"), _("{name}（监护人）").format(name=one.asked_by.name)))
    if one.kind == RequestKind.CORRECTION:
        facts += [(fact_in_words(one), one.value), (_("应当是"), one.wanted)]
    facts += [(_("登记单位"), one.source.name)]
    if one.place_id != one.source_id:
        facts.append((_("办理单位"), one.place.name))
    if one.is_open:
        facts.append((_("答复期限"), one.due_on.isoformat()))
    return facts


def _acted(request: PageRequest, one: Request, text: str, *, is_own: bool) -> HttpResponse:
    by, seen, at = request.actor, _seen(request), now()
    if is_own:
        object_to_refusal(by=by, request=one, text=text, seen=seen, now=at)
        messages.success(request, _("异议已送达上级单位。"))
    elif "grant" in request.POST:
        grant_request(by=by, request=one, text=text, seen=seen, now=at)
        done = _("已删除。") if one.kind == RequestKind.ERASURE else pgettext("request", "已标记为更正完成。")
        messages.success(request, done)
    elif "up" in request.POST:
        pass_up(by=by, request=one, text=text, seen=seen, now=at)
        messages.success(request, _("已转上级单位办理。"))
    else:
        refuse_request(by=by, request=one, text=text, seen=seen, now=at)
        messages.success(request, _("已答复申请人。"))
    return redirect("subject_rights:request", uuid=one.uuid)
