"""My work: one list for all domains, and the page of one work item."""

from collections.abc import Mapping
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from heluo.engines.process.access import Permission, may_do
from heluo.engines.process.actions import claim_item, complete_item, complete_together, release_item
from heluo.engines.process.durations import last_moment
from heluo.engines.process.enums import InstanceState
from heluo.engines.process.errors import ReasonNeeded
from heluo.engines.process.forms import CommentForm, StepForm
from heluo.engines.process.loading import loaded
from heluo.engines.process.models import Pool, WorkItem
from heluo.engines.process.pages.attaching import attaching, forget_files, waiting_files
from heluo.engines.process.pages.showing import TONES, events_of, link_to_subject, pause_words, picture_of, rows_of
from heluo.engines.process.queries import (
    BY_DUE,
    last_answers,
    lists_of,
    my_work,
    open_pause,
    titles_of_processes,
    trail_of,
    work_item_for,
    work_items_for,
)
from heluo.engines.process.registry import Panel, panel_of
from heluo.engines.process.vocabulary import called
from heluo.kernel.actors.enums import Audience
from heluo.kernel.actors.errors import Refusal
from heluo.kernel.actors.public import allows
from heluo.kernel.clock.public import now
from heluo.kernel.pages.forms import form_page
from heluo.kernel.pages.fragments import page_response
from heluo.kernel.pages.keyset import keyset_page
from heluo.kernel.pages.listing import choices, uuid_or_none
from heluo.kernel.pages.rules import PageRequest, reads, writes
from heluo.kernel.pages.templatetags.pages import when
from heluo.kernel.search.public import capped_count


@reads(may=Audience.SIGNED_IN)
def work(request: PageRequest) -> HttpResponse:
    """What waits for me, what is due first on top; of one process where asked."""
    titles = titles_of_processes()
    only = request.GET.get("process", "")
    found = my_work(request.actor, process=only if only in titles else "")
    page = keyset_page(*found, order=BY_DUE, cursor=request.GET.get("cursor"))
    context = {
        "heading": _("我的待办"),
        "lead": _("各项工作里等您办理的步骤，先到期的在前。"),
        "page": page,
        "rows": rows_of(page.items, now()),
        "count": capped_count(*found),
        "unit": _("项待办"),
        "tabs": choices(request.GET, name="process", labels={"": _("全部"), **titles}),
        "topics": " ".join(lists_of(request.actor)),
        "only": only if only in titles else "",
        "is_choosing": only in titles and "choose" in request.GET,
    }
    return page_response(request, "process/work.html", context, fragments=("listing",))


@writes(may=Audience.SIGNED_IN)
def together(request: PageRequest) -> HttpResponse:
    """Several steps of one kind, done with the same answers; says of each that could not be done why."""
    asked = request.POST if request.method == "POST" else request.GET
    items = work_items_for(request.actor, [uuid for uuid in map(uuid_or_none, asked.getlist("item")) if uuid])
    if not items:
        messages.error(request, _("请先选出要一起办理的待办。"))
        return redirect("process:work")
    form = _form_of(request, items[0])
    failed: list[tuple[WorkItem, Refusal]] = []
    if request.method == "POST" and form.is_valid():
        with form.refusals():
            results = complete_together(by=request.actor, items=items, answers=form.answers(), now=now())
            failed = [(item, refusal) for item, refusal in results if refusal]
            done = len(results) - len(failed)
            if done:
                messages.success(request, _("已办理 {count} 项。").format(count=done))
            if not failed:
                return redirect(f"{reverse('process:work')}?process={items[0].instance.key}")
    context = {
        "heading": _("一起办理：{step}").format(step=called(items[0].name)),
        "lead": _("下面选的结论和意见会用于每一项。请先逐项打开看过。"),
        "crumbs": [(_("我的待办"), reverse("process:work"))],
        "items": items,
        "failed": failed,
        "rows": rows_of([item for item, _why in failed] if failed else items, now()),
        "count": len(items),
    }
    return form_page(request, "process/together.html", form, context)


@writes(may=Audience.SIGNED_IN)
def work_item(request: PageRequest, uuid: UUID) -> HttpResponse:
    """One step: what it is about, how it came here, and its form."""
    item = work_item_for(request.actor, uuid)
    instance = item.instance
    can_act = item.is_open and may_do(request.actor, item) and item.claimed_by in {None, request.actor.person_id}
    form = _form_of(request, item, before=last_answers(item) if can_act else {})
    if request.method == "POST" and "claim" in request.POST:
        claim_item(by=request.actor, item=item, now=now())
        messages.success(request, _("已领取，其他人不会再办这一步。"))
        return redirect("process:work_item", uuid=uuid)
    if request.method == "POST" and "release" in request.POST:
        return _released(request, item)
    if request.method == "POST" and form.is_valid():
        with form.refusals():
            files = [file.uuid for file in waiting_files(request, instance)]
            complete_item(by=request.actor, item=item, answers=form.answers(), files=files, now=now())
            forget_files(request, instance)
            messages.success(request, _("已办理“{step}”。").format(step=called(item.name)))
            return _onward(request, item)
    steps = trail_of(instance)
    panel = panel_of(request.actor, instance.kind, instance.subject)
    context = {
        "heading": _("{step}：{title}").format(step=called(item.name), title=instance.title),
        "lead": called(loaded(instance.definition_id).definition.title),
        "crumbs": [(_("我的待办"), reverse("process:work"))],
        "item": item,
        "is_mine": item.claimed_by == request.actor.person_id,
        "can_act": can_act,
        "paused": pause_words(open_pause(instance)),
        **attaching(request, instance, item=item.uuid),
        "can_free": item.claimed_by is not None and allows(request.actor, Permission.OVERSEE, on=instance),
        "free_form": CommentForm(label=_("退回的原因")),
        "row": rows_of([item], now())[0],
        "facts": _facts(item, panel),
        "events": events_of(instance, steps),
        "picture": picture_of(instance, steps),
        "state_label": item.get_state_display(),
        "state_tone": TONES[InstanceState(instance.state)],
        "panel": panel,
        "process_url": reverse("process:process", args=[instance.uuid]),
    }
    return form_page(request, "process/work_item.html", form, context)


def _onward(request: PageRequest, item: WorkItem) -> HttpResponse:
    """To the next of the same process, or back to the list."""
    following = keyset_page(*my_work(request.actor, process=item.instance.key), order=BY_DUE, size=1).items
    return redirect("process:work_item", uuid=following[0].uuid) if following else redirect("process:work")


def _released(request: PageRequest, item: WorkItem) -> HttpResponse:
    try:
        release_item(by=request.actor, item=item, text=request.POST.get("text", ""), now=now())
    except ReasonNeeded as refusal:
        messages.error(request, str(refusal))
        return redirect("process:work_item", uuid=item.uuid)
    messages.success(request, _("已退回，同一角色的人可以办理。"))
    return redirect("process:work")


def _facts(item: WorkItem, panel: Panel | None) -> list[tuple[str, object]]:
    facts: list[tuple[str, object]] = [(_("事项"), link_to_subject(item.instance, panel))]
    if item.place:
        facts.append((_("办理单位"), item.place.name))
    if item.pool:
        facts.append((_("办理组"), _pool_link(item.pool)))
    if item.due_at:
        facts.append((_("办理期限"), when(last_moment(item.due_at))))
    if item.claimed_name:
        facts.append((_("已领取") if item.is_open else _("办理人"), item.claimed_name))
    return facts


def _pool_link(pool: Pool) -> SafeString:
    return format_html('<a href="{}">{}</a>', reverse("process:pool", args=[pool.key]), pool.title)


def _form_of(request: PageRequest, item: WorkItem, before: Mapping[str, object] | None = None) -> StepForm:
    running = loaded(item.instance.definition_id)
    data = request.POST if request.method == "POST" else None
    return StepForm(running.form_of(item), data, before=running.repeated(item, before or {}))
