"""What is to be mended: the list, and one ticket with what it lists."""

from collections.abc import Iterator, Sequence
from datetime import date
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from heluo.domains.quality.access import Permission
from heluo.domains.quality.actions import check_again, excuse_ticket, explain_ticket, refuse_explanation
from heluo.domains.quality.enums import Dimension, TicketState
from heluo.domains.quality.forms import DecisionForm, ExplanationForm
from heluo.domains.quality.models import Ticket
from heluo.domains.quality.pages.showing import TONES, shown_findings, trail_events
from heluo.domains.quality.queries import findings_of, overdue, seen_organisations, ticket_for, tickets_of, titles_of
from heluo.kernel.actors.public import Actor, allows
from heluo.kernel.clock.public import local_day, now
from heluo.kernel.organisations.models import Organisation
from heluo.kernel.pages.exports import ListFile, list_file, wants_file
from heluo.kernel.pages.forms import form_page
from heluo.kernel.pages.fragments import page_response
from heluo.kernel.pages.keyset import keyset_page
from heluo.kernel.pages.listing import choices, chosen_values, facet
from heluo.kernel.pages.rules import PageRequest, writes
from heluo.kernel.search.public import capped_count

MOST_URGENT_FIRST = ("due_on", "id")
BY_TITLE = ("title", "id")
PAGE = 50


def _ticket_lines(tickets: list[Ticket]) -> Iterator[Sequence[object]]:
    for one in tickets:
        rule = one.rule
        yield (
            rule.problem_said,
            rule.get_dimension_display(),
            one.organisation.name,
            one.findings_count,
            one.get_state_display(),
            local_day(one.opened_at),
            one.due_on,
        )


@writes(may=Permission.VIEW)
def tickets(request: PageRequest) -> HttpResponseBase:
    """What is to be mended. A POST gives the list as a file: figures and organisations, nobody's data."""
    today = local_day(now())
    place = _place(request.actor, request.GET.get("below", ""))
    found = tickets_of(request.actor)
    if place is not None:
        found = found.filter(organisation__path__startswith=place.path)
    tabs = choices(request.GET, name="state", labels=dict(TicketState.choices))
    state = next(value for value, tab in zip(TicketState.values, tabs, strict=True) if tab.is_current)
    dimensions = facet(request.GET, name="dimension", title=_("检查内容"), labels=dict(Dimension.choices))
    late = facet(request.GET, name="late", title=_("期限"), labels={"1": _("已超期")})
    found = found.filter(state=state)
    if wanted := [value.value for value in dimensions.values if value.is_chosen]:
        found = found.filter(rule__dimension__in=wanted)
    if late.values[0].is_chosen:
        found = found.filter(overdue(today))
    titles = (_("问题"), _("检查内容"), _("数据来源单位"), _("问题数"), _("状态"), _("派单日期"), _("整改期限"))
    file = ListFile(_("数据整改单"), titles, _ticket_lines, is_personal=False)
    if wants_file(request):
        return list_file(request, file, found, order=MOST_URGENT_FIRST, may=Permission.VIEW)
    page = keyset_page(found, order=MOST_URGENT_FIRST, cursor=request.GET.get("cursor"))
    context = {
        "heading": _("数据整改单"),
        "exports": file,
        "lead": _("{name}及下属单位").format(name=place.name) if place else "",
        "crumbs": [(_("数据质量"), reverse("quality:overview"))],
        "tabs": tabs,
        "facets": [dimensions, late],
        "chosen": chosen_values([dimensions, late]),
        "page": page,
        "count": capped_count(found),
        "unit": _("张整改单"),
        "rows": [(ticket, TONES[TicketState(ticket.state)], _is_late(ticket, today)) for ticket in page.items],
    }
    return page_response(request, "quality/tickets.html", context, fragments=("listing",))


@writes(may=Permission.VIEW)
def ticket(request: PageRequest, uuid: UUID) -> HttpResponse:
    """One ticket. Its source has it checked again or explains; a bureau above decides on an explanation."""
    one = ticket_for(request.actor, uuid)
    can_answer = allows(request.actor, Permission.ANSWER, on=one)
    above = one.organisation.parent
    can_decide = (
        one.state == TicketState.EXPLAINED and above is not None and allows(request.actor, Permission.DECIDE, on=above)
    )
    posted = request.POST if request.method == "POST" and "check" not in request.POST else None
    form = DecisionForm(posted) if can_decide else ExplanationForm(posted)
    if request.method == "POST":
        if "check" in request.POST:
            return _checked(request, one)
        if form.is_valid():
            with form.refusals():
                return _answered(request, one, form.cleaned_data["reason"])
    today = local_day(now())
    page = keyset_page(findings_of(one), order=BY_TITLE, cursor=request.GET.get("cursor"), size=PAGE)
    context = {
        "heading": one.rule.problem_said,
        "lead": one.rule.advice_said,
        "crumbs": [(_("数据质量"), reverse("quality:overview")), (_("数据整改单"), reverse("quality:tickets"))],
        "state_label": one.get_state_display(),
        "state_tone": TONES[TicketState(one.state)],
        "ticket": one,
        "facts": [
            (_("数据来源单位"), one.organisation.name),
            (_("检查内容"), one.rule.get_dimension_display()),
            (_("问题数"), one.findings_count),
            (_("派单日期"), local_day(one.opened_at)),
            (_("整改期限"), one.due_on),
            (_("要求"), str(one.rule)),
            (_("依据"), one.rule.source),
        ],
        "is_late": _is_late(one, today),
        "page": page,
        "findings": shown_findings(one, page.items, titles_of(one, page.items, on=today)),
        "events": trail_events(one.notes.all()),
        "can_answer": can_answer and one.is_open,
        "can_explain": can_answer and one.state == TicketState.OPEN,
        "can_decide": can_decide,
        "decide_label": "",
    }
    return form_page(request, "quality/ticket.html", form, context)


def _checked(request: PageRequest, one: Ticket) -> HttpResponse:
    fresh = check_again(by=request.actor, ticket=one, now=now())
    if fresh.state == TicketState.SETTLED:
        messages.success(request, _("问题已全部解决，整改单已关闭。"))
    else:
        messages.info(request, _("已重新检查，还有 {count} 项。").format(count=fresh.findings_count))
    return redirect("quality:ticket", uuid=one.uuid)


def _answered(request: PageRequest, one: Ticket, reason: str) -> HttpResponse:
    if "excuse" in request.POST:
        excuse_ticket(by=request.actor, ticket=one, reason=reason, now=now())
        messages.success(request, _("已确认无需整改，这些问题不再计入评分。"))
    elif "refuse" in request.POST:
        refuse_explanation(by=request.actor, ticket=one, reason=reason, now=now())
        messages.success(request, _("已退回继续整改，期限重新计算。"))
    else:
        explain_ticket(by=request.actor, ticket=one, reason=reason, now=now())
        messages.success(request, _("说明已提交，等待上级单位确认。"))
    return redirect("quality:ticket", uuid=one.uuid)


def _is_late(one: Ticket, today: date) -> bool:
    return one.is_open and one.due_on < today


def _place(actor: Actor, wanted: str) -> Organisation | None:
    """The part of the tree the list is narrowed to; a wrong one narrows nothing."""
    try:
        return seen_organisations(actor).filter(uuid=UUID(wanted)).first()
    except ValueError:
        return None
