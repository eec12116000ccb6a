"""Virtual platforms as the operator opens them, and as their keepers see them."""

from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from heluo.kernel.clock.public import now
from heluo.kernel.pages.forms import form_page
from heluo.kernel.pages.fragments import page_response
from heluo.kernel.pages.questions import Question, ask_first
from heluo.kernel.pages.rules import PageRequest, reads, writes
from heluo.kernel.tenants.access import Permission
from heluo.kernel.tenants.actions import (
    describe_tenant,
    mark_moved,
    open_tenant,
    put_logo,
    remove_logo,
    resume_tenant,
    set_own_host,
    suspend_tenant,
)
from heluo.kernel.tenants.forms import HostForm, LooksForm, MovingForm, OpeningForm
from heluo.kernel.tenants.models import Tenant
from heluo.kernel.tenants.queries import granted_tenant, granted_tenants, kept_here, kept_tenants, organisation_named
from heluo.kernel.tenants.scope import current_tenant


@reads(may=Permission.GRANT)
def tenant_list(request: PageRequest) -> HttpResponse:
    context = {"tenants": granted_tenants(request.actor), "domain": settings.TENANT_DOMAIN}
    return page_response(request, "tenants/list.html", context)


@writes(may=Permission.GRANT)
def opening(request: PageRequest) -> HttpResponse:
    form = OpeningForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        organisation = organisation_named(given.pop("code"))
        if organisation is None:
            form.add_error("code", _("没有这个代码的单位，请核对。"))
        else:
            with form.refusals():
                made = open_tenant(by=request.actor, organisation=organisation, now=now(), **given)
                messages.success(request, _("已开通“{name}”。").format(name=made.name))
                return redirect("tenants:detail", uuid=made.uuid)
    context = {
        "heading": _("开通虚拟平台"),
        "lead": _("网址是“前缀.{domain}”。每个单位一个；它的管理员登录后自己设置名称、徽标、主色和首页。").format(
            domain=settings.TENANT_DOMAIN
        ),
        "submit_label": _("开通"),
        "cancel_url": reverse("tenants:list"),
        "crumbs": [(_("虚拟平台"), reverse("tenants:list"))],
    }
    return form_page(request, "pages/form.html", form, context)


@reads(may=Permission.GRANT)
def tenant(request: PageRequest, uuid: UUID) -> HttpResponse:
    found = granted_tenant(request.actor, uuid)
    context = {
        "heading": found.name,
        "tenant": found,
        "state_label": found.get_state_display(),
        "state_tone": found.state_tone,
        "suspension": _suspension(found),
        "facts": [
            (_("单位"), found.organisation.name),
            (_("网址"), found.address),
            (_("已迁至"), found.moved_to or "—"),
            (_("开通时间"), found.opened_at),
        ],
        "crumbs": [(_("虚拟平台"), reverse("tenants:list"))],
    }
    return page_response(request, "tenants/detail.html", context)


@writes(may=Permission.GRANT)
def suspend(request: PageRequest, uuid: UUID) -> HttpResponse:
    found = granted_tenant(request.actor, uuid)
    back = reverse("tenants:detail", args=[uuid])
    if request.method == "POST":
        if asked := ask_first(request, _suspension(found), back=back):
            return asked
        suspend_tenant(by=request.actor, tenant=found, now=now())
        messages.success(request, _("“{name}”已暂停。").format(name=found.name))
    return redirect(back)


@writes(may=Permission.GRANT)
def resume(request: PageRequest, uuid: UUID) -> HttpResponse:
    found = granted_tenant(request.actor, uuid)
    if request.method == "POST":
        resume_tenant(by=request.actor, tenant=found, now=now())
        messages.success(request, _("“{name}”已恢复开放。").format(name=found.name))
    return redirect("tenants:detail", uuid=uuid)


@writes(may=Permission.GRANT)
def host(request: PageRequest, uuid: UUID) -> HttpResponse:
    found = granted_tenant(request.actor, uuid)
    form = HostForm(request.POST if request.method == "POST" else None, initial={"host": found.own_host or ""})
    if request.method == "POST" and form.is_valid():
        with form.refusals():
            set_own_host(by=request.actor, tenant=found, host=form.cleaned_data["host"], now=now())
            messages.success(request, _("域名已保存。"))
            return redirect("tenants:detail", uuid=uuid)
    return _form(request, found, form, _("“{name}”的自有域名").format(name=found.name), _("保存"))


@writes(may=Permission.GRANT)
def moved(request: PageRequest, uuid: UUID) -> HttpResponse:
    found = granted_tenant(request.actor, uuid)
    form = MovingForm(request.POST if request.method == "POST" else None, initial={"address": found.moved_to})
    if request.method == "POST" and form.is_valid():
        with form.refusals():
            mark_moved(by=request.actor, tenant=found, address=form.cleaned_data["address"], now=now())
            messages.success(request, _("旧网址现在转到新网址。"))
            return redirect("tenants:detail", uuid=uuid)
    return _form(request, found, form, _("“{name}”迁到了哪里").format(name=found.name), _("登记迁出"))


def _form(
    request: PageRequest, found: Tenant, form: HostForm | MovingForm, heading: str, submit_label: str
) -> HttpResponse:
    back = reverse("tenants:detail", args=[found.uuid])
    context = {
        "heading": heading,
        "submit_label": submit_label,
        "cancel_url": back,
        "crumbs": [(_("虚拟平台"), reverse("tenants:list")), (found.name, back)],
    }
    return form_page(request, "pages/form.html", form, context)


def _suspension(found: Tenant) -> Question:
    return Question(
        title=_("暂停“{name}”？").format(name=found.name),
        verb=_("暂停"),
        text=_("它的网址会显示已暂停，内容不会丢失，可以随时恢复。"),
    )


@writes(may=Permission.KEEP)
def keep(request: PageRequest) -> HttpResponse:
    """On the host of a virtual platform, its looks; on the platform's own, the way to those that one keeps."""
    if current_tenant() is None:
        return page_response(request, "tenants/mine.html", {"tenants": kept_tenants(request.actor)})
    found = kept_here(request.actor)
    initial = {"name": found.name, "short_name": found.short_name, "colour": found.colour}
    is_sent = request.method == "POST"
    form = LooksForm(request.POST if is_sent else None, request.FILES if is_sent else None, initial=initial)
    if found.logo_id is None:
        del form.fields["remove_logo"]
    if is_sent and form.is_valid():
        with form.refusals():
            _keep_looks(request, found, form)
            messages.success(request, _("已保存。"))
            return redirect("tenants:keep")
    context = {
        "heading": _("平台设置"),
        "lead": _("“{name}”怎样称呼、什么样子。").format(name=found.name),
        "submit_label": _("保存"),
        "tenant": found,
    }
    return form_page(request, "tenants/keep.html", form, context)


def _keep_looks(request: PageRequest, found: Tenant, form: LooksForm) -> None:
    given, by, at = form.cleaned_data, request.actor, now()
    describe_tenant(
        by=by, tenant=found, name=given["name"], short_name=given["short_name"], colour=given["colour"], now=at
    )
    if given["logo"]:
        logo = given["logo"]
        put_logo(by=by, tenant=found, name=logo.name, content=logo.file, size=logo.size, now=at)
    elif given.get("remove_logo"):
        remove_logo(by=by, tenant=found, now=at)
