"""Processes that stand still: the list of them, and what can be done about one."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from heluo.engines.process.access import Permission
from heluo.engines.process.actions import end_process, reassign_item, retry_timers
from heluo.engines.process.durations import last_moment
from heluo.engines.process.enums import Repair, TroubleKind
from heluo.engines.process.forms import RepairForm
from heluo.engines.process.models import Instance, WorkItem
from heluo.engines.process.queries import (
    NEWEST,
    Trouble,
    may_retry,
    other_places,
    process_at_hand,
    troubled,
    troubles_of,
    work_of,
)
from heluo.engines.process.vocabulary import called
from heluo.kernel.actors.enums import Role
from heluo.kernel.actors.errors import NotFound
from heluo.kernel.actors.public import Actor, allows
from heluo.kernel.clock.public import local_day, now
from heluo.kernel.organisations.models import Organisation
from heluo.kernel.pages.forms import form_page
from heluo.kernel.pages.fragments import page_response
from heluo.kernel.pages.keyset import keyset_page
from heluo.kernel.pages.rules import PageRequest, reads, writes
from heluo.kernel.search.public import capped_count


@dataclass(frozen=True, slots=True)
class ShownTrouble:
    """Why a process stands still, in words."""

    label: str
    words: str
    since: datetime | None


@dataclass(frozen=True, slots=True)
class TroubleRow:
    """A process that stands still, in a list."""

    instance: Instance
    process: str
    troubles: list[ShownTrouble]


@reads(may=Permission.TROUBLE)
def trouble(request: PageRequest) -> HttpResponse:
    """What stands still in the reader's tree, the newest process first."""
    at = now()
    found = troubled(request.actor, at)
    page = keyset_page(*found, order=NEWEST, cursor=request.GET.get("cursor"))
    context = {
        "heading": _("受阻的流程"),
        "lead": _("定时事件一直失败、没有人可以办理，或超期 30 天以上的流程。"),
        "page": page,
        "rows": _rows(request.actor, page.items, at),
        "count": capped_count(*found),
        "unit": _("个流程"),
    }
    return page_response(request, "process/trouble.html", context, fragments=("listing",))


@writes(may=Permission.REPAIR)
def repairs(request: PageRequest, uuid: UUID) -> HttpResponse:
    """What can be done about one process; each asks for a reason, which stands in its trail."""
    instance, _in_full = process_at_hand(request.actor, uuid)
    if not allows(request.actor, Permission.REPAIR, on=instance):
        raise NotFound
    if not instance.is_running:
        return redirect("process:process", uuid=uuid)
    at = now()
    places = other_places(instance, list(work_of(instance)), at)
    offered = {
        Repair.REASSIGN: bool(places),
        Repair.RETRY: may_retry(instance),
        Repair.END: True,
    }
    choices: dict[str, list[tuple[str, str | Promise]]] = {
        "kind": [(kind.value, kind.label) for kind, is_offered in offered.items() if is_offered],
        "target": [("", _("请选择")), *((_key(item, place), _named(item, place)) for item, place in places)],
    }
    form = RepairForm(request.POST if request.method == "POST" else None, choices=choices)
    if not places:
        del form.fields["target"]
    if request.method == "POST" and form.is_valid():
        with form.refusals():
            _repair(request, instance, form, {_key(item, place): (item, place) for item, place in places}, at)
            return redirect("process:process", uuid=uuid)
    [row] = _rows(request.actor, [instance], at)
    context = {
        "heading": _("处理受阻的流程：{title}").format(title=instance.title),
        "lead": _("终止后不能恢复，需要时由发起人重新发起；已经办过的步骤都留在办理记录里。"),
        "crumbs": [
            (_("受阻的流程"), reverse("process:trouble")),
            (instance.title, reverse("process:process", args=[uuid])),
        ],
        "known_facts": [(one.label, one.words) for one in row.troubles],
        "submit_label": _("确定处理"),
        "cancel_url": reverse("process:process", args=[uuid]),
    }
    return form_page(request, "pages/form.html", form, context)


def _repair(
    request: PageRequest,
    instance: Instance,
    form: RepairForm,
    places: dict[str, tuple[WorkItem, Organisation]],
    at: datetime,
) -> None:
    text = form.cleaned_data["text"]
    match Repair(form.cleaned_data["kind"]):
        case Repair.REASSIGN:
            item, place = places[form.cleaned_data["target"]]
            reassign_item(by=request.actor, item=item, place=place.uuid, text=text, now=at)
            messages.success(request, _("已改派给{place}。").format(place=place.name))
        case Repair.RETRY:
            after = retry_timers(by=request.actor, instance=instance, text=text, now=at)
            if after.trouble:
                messages.error(request, _("重试了，仍然失败。一小时后会自动再试。"))
            else:
                messages.success(request, _("重试成功，流程继续。"))
        case Repair.END:
            end_process(by=request.actor, instance=instance, text=text, now=at)
            messages.success(request, _("流程已终止。"))


def _rows(actor: Actor, instances: Collection[Instance], at: datetime) -> list[TroubleRow]:
    troubles = troubles_of(instances, at)
    return [
        TroubleRow(
            instance=instance,
            process=called(instance.definition.title),
            troubles=[
                ShownTrouble(str(one.kind.label), _words_of(actor, instance, one, at), one.since)
                for one in troubles[instance.pk]
            ],
        )
        for instance in instances
    ]


def _words_of(actor: Actor, instance: Instance, one: Trouble, at: datetime) -> str:
    """An error may quote what it stumbled over: only who oversees the process reads it."""
    if one.item is None:
        if allows(actor, Permission.OVERSEE, on=instance):
            return instance.trouble
        return _("原因写在工作进程的日志里。平台每小时自动再试一次。")
    step = called(one.item.name)
    if one.kind == TroubleKind.DESERTED and one.item.pool:
        return _("“{step}”要由办理组“{pool}”办理，现在组里没有可以办理的人。").format(step=step, pool=one.item.pool)
    if one.kind == TroubleKind.DESERTED:
        role = Role(one.item.role).label
        return _("“{step}”要由{place}的{role}办理，现在那里没有可以办理的人。").format(
            step=step, place=one.item.place, role=role
        )
    days = (local_day(at) - local_day(last_moment(one.item.due_at))).days if one.item.due_at else 0
    return _("“{step}”已超期 {days} 天。").format(step=step, days=days)


def _key(item: WorkItem, place: Organisation) -> str:
    return f"{item.uuid}/{place.uuid}"


def _named(item: WorkItem, place: Organisation) -> str:
    return _("“{step}”改由{place}办理").format(step=called(item.name), place=place.name)
