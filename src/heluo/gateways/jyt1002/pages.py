"""Where an administrator has the register packed in the layout of JY/T 1002, and fetches it."""

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from heluo.gateways.jyt1002.access import Permission
from heluo.gateways.jyt1002.actions import note_download, order_package, order_package_in_clear
from heluo.gateways.jyt1002.forms import ClearPackageForm, PackageForm
from heluo.gateways.jyt1002.queries import own_organisations, package_for, packages_for, part_of
from heluo.gateways.jyt1002.tables import SUBCLASSES
from heluo.kernel.actors.errors import NotFound
from heluo.kernel.actors.public import allows
from heluo.kernel.clock.public import local_day, now
from heluo.kernel.files.public import KEPT_FOR, OrderState, content_link
from heluo.kernel.organisations.models import Organisation
from heluo.kernel.pages.forms import form_page
from heluo.kernel.pages.keyset import keyset_page
from heluo.kernel.pages.rules import PageRequest, writes
from heluo.kernel.people.access import Permission as PeoplePermission


@writes(may=Permission.EXPORT)
def package_list(request: PageRequest) -> HttpResponseBase:
    """A POST orders a package with masked numbers."""
    form = PackageForm(request.POST or None, organisations=own_organisations(request.actor))
    if request.method == "POST" and form.is_valid():
        with form.refusals():
            order_package(by=request.actor, organisation=_wanted(request, form), now=now())
        if not form.errors:
            return _ordered(request)
    page = keyset_page(packages_for(request.actor), order=("-id",), cursor=request.GET.get("cursor"))
    context = {
        "heading": _("标准格式数据包"),
        "lead": _("按 JY/T 1002 的字段代码打包本单位的学校、班级、教职工、学生和学籍，供报送和交换。"),
        "subclasses": _("、").join(SUBCLASSES),
        "page": page,
        "is_waiting": any(package.state == OrderState.WAITING for package in page.items),
        "may_reveal": allows(request.actor, PeoplePermission.REVEAL),
        "days": KEPT_FOR.days,
    }
    return form_page(request, "jyt1002/packages.html", form, context, fragments=("listing",))


@writes(may=PeoplePermission.REVEAL)
@never_cache
@reauthentication_required  # type: ignore[untyped-decorator]  # allauth has no types
def package_in_clear(request: PageRequest) -> HttpResponseBase:
    """A POST orders a package with identity numbers in clear, of whoever has just said again who they are."""
    form = ClearPackageForm(request.POST or None, organisations=own_organisations(request.actor))
    if request.method == "POST" and form.is_valid():
        with form.refusals():
            order_package_in_clear(
                by=request.actor,
                organisation=_wanted(request, form),
                reason=form.cleaned_data["reason"],
                is_confirmed=form.cleaned_data["is_confirmed"],
                now=now(),
            )
        if not form.errors:
            return _ordered(request)
    back = reverse("jyt1002:packages")
    context = {
        "heading": _("导出身份证件号原文"),
        "lead": _("数据包里每个人的身份证件号都会记一次“查看原文”，连同事由不能删除。只有您能下载这份数据包。"),
        "crumbs": [(_("标准格式数据包"), back)],
        "submit_label": _("写明事由并生成"),
        "cancel_url": back,
    }
    return form_page(request, "pages/form.html", form, context)


def _wanted(request: PageRequest, form: PackageForm) -> Organisation:
    """The organisation of a valid form, or the part of it that was asked for."""
    part = form.cleaned_data["part"]
    return part_of(request.actor, form.chosen, part, on=local_day(now())) if part else form.chosen


def _ordered(request: PageRequest) -> HttpResponseBase:
    messages.success(request, _("已开始生成，可以离开这一页，完成后在这里下载。"))
    return redirect("jyt1002:packages")


@writes(may=Permission.EXPORT)
def package_file(request: PageRequest, package_id: int) -> HttpResponseBase:
    """A POST leads to the file, and is noted."""
    package = package_for(request.actor, package_id)
    if request.method != "POST":
        return redirect("jyt1002:packages")
    if package.file is None:
        raise NotFound
    note_download(by=request.actor, package=package, now=now())
    return redirect(content_link(package.file, download=True))
