"""Sources: the list, one of them, adding and changing."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from heluo.engines.catalogue.enums import Licence
from heluo.gateways.harvesting.access import Permission
from heluo.gateways.harvesting.actions import (
    Kept,
    add_source,
    approve_retirement,
    begin_run,
    change_source,
    domain_of,
    look_at,
    order_comparison,
    pause_source,
    reject_retirement,
)
from heluo.gateways.harvesting.enums import Rhythm, RunState
from heluo.gateways.harvesting.forms import AddressForm, KeptForm, NewSourceForm
from heluo.gateways.harvesting.models import Run, Source
from heluo.gateways.harvesting.protocol import Identity
from heluo.gateways.harvesting.queries import (
    held_of,
    last_comparison,
    own_organisations,
    paths_of,
    runs_of,
    source_for,
    source_rows,
    sources_for,
    terms_of,
)
from heluo.kernel.actors.errors import Refusal
from heluo.kernel.clock.public import now
from heluo.kernel.pages.enums import Tone
from heluo.kernel.pages.forms import form_page
from heluo.kernel.pages.fragments import page_response
from heluo.kernel.pages.keyset import keyset_page
from heluo.kernel.pages.rules import PageRequest, reads, writes
from heluo.kernel.pages.templatetags.pages import when

TONES = {
    RunState.RUNNING: Tone.INFO,
    RunState.WAITING: Tone.WAITING,
    RunState.DONE: Tone.SUCCESS,
    RunState.REJECTED: Tone.SUCCESS,
    RunState.FAILED: Tone.DANGER,
}


def crumbs(source: Source | None = None) -> list[tuple[str, str]]:
    start = [(_("采集来源"), reverse("harvesting:sources"))]
    return [*start, (source.name, reverse("harvesting:source", args=[source.uuid]))] if source else start


@reads(may=Permission.KEEP)
def sources(request: PageRequest) -> HttpResponse:
    page = keyset_page(sources_for(request.actor), order=("-id",), cursor=request.GET.get("cursor"))
    context = {
        "heading": _("采集来源"),
        "lead": _("从其他平台的目录（OAI-PMH）采集资源的说明，和本平台的资源一起供大家查找。"),
        "page": page,
        "rows": [(row, _shown(row.run)) for row in source_rows(page.items)],
    }
    return page_response(request, "harvesting/sources.html", context, fragments=("listing",))


@writes(may=Permission.KEEP)
def new(request: PageRequest) -> HttpResponse:
    """First the provider is asked what it is; the second form, with what it said above it, adds it."""
    if request.method == "POST" and "name" in request.POST:
        return _add(request)
    form = AddressForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with form.refusals():
            identity = look_at(by=request.actor, base_url=form.cleaned_data["base_url"])
            initial = {**form.cleaned_data, "name": identity.name, "licence": Licence.RESERVED}
            return _second(request, NewSourceForm(choices=_choices(request), initial=initial), identity)
    context = {
        "heading": _("添加采集来源"),
        "lead": _("先填对方平台的接口地址，检查通过后再确认其他设置。"),
        "crumbs": crumbs(),
        "submit_label": _("检查这个地址"),
        "cancel_url": reverse("harvesting:sources"),
    }
    return form_page(request, "pages/form.html", form, context)


def _add(request: PageRequest) -> HttpResponse:
    form = NewSourceForm(request.POST, choices=_choices(request))
    identity = None
    if form.is_valid():
        with form.refusals():
            identity = look_at(by=request.actor, base_url=form.cleaned_data["base_url"])
            chosen = own_organisations(request.actor).get(uuid=form.cleaned_data["organisation"])
            source = add_source(
                by=request.actor,
                identity=identity,
                base_url=form.cleaned_data["base_url"],
                set_spec=form.cleaned_data["set_spec"],
                organisation=chosen,
                kept=_kept(form),
                now=now(),
            )
            messages.success(request, _("已添加，一分钟内开始第一次采集。"))
            return redirect("harvesting:source", uuid=source.uuid)
    return _second(request, form, identity)


def _second(request: PageRequest, form: NewSourceForm, identity: Identity | None) -> HttpResponse:
    context = {
        "heading": _("添加采集来源"),
        "crumbs": crumbs(),
        "known_facts": _facts_found(identity, str(form["base_url"].value())) if identity else [],
        "submit_label": _("添加来源"),
        "cancel_url": reverse("harvesting:new"),
    }
    return form_page(request, "pages/form.html", form, context)


def _facts_found(identity: Identity, base_url: str) -> list[tuple[str, object]]:
    return [
        (_("接口地址"), base_url),
        (_("对方自称"), identity.name),
        (_("标识符的域名"), domain_of(identity, base_url)),
        (_("采集格式"), identity.prefix.label),
        (_("时间精度"), identity.granularity.label),
        (_("是否告知下架"), _("是") if identity.keeps_deleted in {"persistent", "transient"} else _("否")),
    ]


def _choices(request: PageRequest) -> dict[str, list[tuple[str, str]]]:
    return {"organisation": [(str(one.uuid), one.name) for one in own_organisations(request.actor).order_by("path")]}


def _kept(form: KeptForm | NewSourceForm) -> Kept:
    said = form.cleaned_data
    return Kept(name=said["name"], licence=said["licence"], share=said["share"], rhythm=Rhythm(said["rhythm"]))


@writes(may=Permission.KEEP)
def edit(request: PageRequest, uuid: UUID) -> HttpResponse:
    source = source_for(request.actor, uuid)
    initial = {name: getattr(source, name) for name in ("name", "licence", "rhythm", "share")}
    form = KeptForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        with form.refusals():
            change_source(by=request.actor, source=source, kept=_kept(form), now=now())
            messages.success(request, _("设置已保存。"))
            return redirect("harvesting:source", uuid=uuid)
    context = {
        "heading": _("修改采集来源"),
        "lead": _("名称或默认许可改变后，已采集的记录会在后台按新的设置更新。"),
        "crumbs": crumbs(source),
        "cancel_url": reverse("harvesting:source", args=[uuid]),
    }
    return form_page(request, "pages/form.html", form, context)


@writes(may=Permission.KEEP)
def source(request: PageRequest, uuid: UUID) -> HttpResponse:
    """One source and its runs. A POST begins a run, decides on one, pauses the source or lets it go on."""
    one = source_for(request.actor, uuid)
    if request.method == "POST":
        try:
            messages.success(request, _done(request, one))
        except Refusal as refusal:
            messages.error(request, str(refusal))
        return redirect("harvesting:source", uuid=uuid)
    page = keyset_page(runs_of(one), order=("-id",), cursor=request.GET.get("cursor"))
    [row] = source_rows([one])
    context = {
        "heading": one.name,
        "crumbs": crumbs(),
        "source": one,
        "last": row.run,
        "last_shown": _shown(row.run),
        "comparison": last_comparison(one),
        "emptied": _(
            "这个来源不再提到大部分记录，也没有说它们已下架，可能被清空了。这里的资源都保留着，请向对方核实；恢复以后提示会自动消失。"
        ),
        "is_running": row.run is not None and row.run.state == RunState.RUNNING,
        "is_waiting": row.run is not None and row.run.state == RunState.WAITING,
        "facts": [
            (_("接口地址"), one.base_url),
            (_("集合"), one.set_spec or _("全部")),
            (_("采集格式"), one.get_prefix_display()),
            (_("标识符的域名"), one.origin),
            (_("归属单位"), one.organisation.name),
            (_("默认许可"), str(dict(Licence.choices).get(one.licence, one.licence))),
            (_("采集频率"), one.get_rhythm_display()),
            (_("一次最多下架的比例（%）"), one.share),
            (_("已采集到"), when(one.since) if one.since else _("还没有完成过")),
            (_("有效记录"), row.records),
        ],
        "held": held_of(one).count(),
        "open_terms": terms_of(one, is_open=True).count(),
        "page": page,
        "rows": [(run, _shown(run)) for run in page.items],
    }
    return page_response(request, "harvesting/source.html", context, fragments=("listing",))


def _done(request: PageRequest, one: Source) -> str:
    match request.POST.get("do"):
        case "run" | "whole" as which:
            begin_run(by=request.actor, source=one, whole=which == "whole", now=now())
            return _("已开始采集，可以离开这一页。")
        case "compare":
            order_comparison(by=request.actor, source=one, now=now())
            return _("已开始核对，结果会显示在这一页。")
        case "approve":
            approve_retirement(by=request.actor, source=one, now=now())
            return _("已同意下架，正在后台处理。")
        case "reject":
            reject_retirement(by=request.actor, source=one, now=now())
            return _("已保留这些记录，没有下架。")
        case "pause" | "resume" as which:
            pause_source(by=request.actor, source=one, is_active=which == "resume", now=now())
            return _("已暂停采集，已有的资源保留。") if which == "pause" else _("已恢复采集。")
    return _("没有改动。")


def _shown(run: Run | None) -> tuple[str, Tone, str] | None:
    """State, tone and trouble of a run in words."""
    if run is None:
        return None
    trouble = "：".join(filter(None, [run.get_trouble_display() if run.trouble else "", run.detail]))
    return run.get_state_display(), TONES[RunState(run.state)], trouble


@reads(may=Permission.KEEP)
def paths(request: PageRequest, uuid: UUID) -> HttpResponse:
    """By which of the officer's sources an entry came."""
    context = {"heading": _("采集来路"), "crumbs": crumbs(), "arrivals": paths_of(request.actor, uuid)}
    return page_response(request, "harvesting/paths.html", context)
