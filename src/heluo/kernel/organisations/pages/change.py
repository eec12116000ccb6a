"""Open, rename, move and close organisations: each page hands its form to one action."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from heluo.kernel.clock.public import local_day, now
from heluo.kernel.codes.public import names_of
from heluo.kernel.organisations.access import Permission
from heluo.kernel.organisations.actions import (
    close_organisation,
    move_organisation,
    open_school,
    open_teaching_point,
    rename_organisation,
)
from heluo.kernel.organisations.forms import CloseForm, MoveForm, RenameForm, SchoolForm, TeachingPointForm
from heluo.kernel.organisations.models import Organisation
from heluo.kernel.organisations.queries import (
    organisation_for,
    possible_superiors,
    region_with_code,
    regions_within,
)
from heluo.kernel.organisations.school_types import school_types
from heluo.kernel.pages.forms import form_page
from heluo.kernel.pages.rules import PageRequest, writes

TEMPLATE = "organisations/change.html"


def _address(organisation: Organisation) -> str:
    return reverse("organisations:organisation", args=[organisation.uuid])


def _context(organisation: Organisation, heading: str, submit_label: str) -> dict[str, object]:
    return {
        "heading": heading,
        "lead": organisation.name,
        "crumbs": [(_("机构"), reverse("organisations:tree")), (organisation.name, _address(organisation))],
        "submit_label": submit_label,
        "cancel_url": _address(organisation),
    }


@writes(may=Permission.MANAGE)
def school_new(request: PageRequest, uuid: UUID) -> HttpResponse:
    """Open a school under a bureau."""
    bureau = organisation_for(request.actor, uuid)
    today = local_day(now())
    names = names_of("school-type", on=today)
    form = SchoolForm(
        request.POST or None,
        school_types=[(code, names[code]) for code in school_types()],
        regions=regions_within(bureau.region, on=today),
        initial={"on": today},
    )
    if form.is_valid():
        with form.refusals():
            opened = open_school(
                by=request.actor,
                name=form.cleaned_data["name"],
                code=form.cleaned_data["code"],
                school_type=form.cleaned_data["school_type"],
                region=region_with_code(form.cleaned_data["region"], on=today),
                parent=bureau,
                on=form.cleaned_data["on"],
                now=now(),
            )
            messages.success(request, _("已登记“{name}”。").format(name=opened.name))
            return redirect(_address(opened))
    return form_page(request, TEMPLATE, form, _context(bureau, _("登记学校"), _("登记")))


@writes(may=Permission.MANAGE)
def teaching_point_new(request: PageRequest, uuid: UUID) -> HttpResponse:
    """Open a teaching point under a school."""
    centre = organisation_for(request.actor, uuid)
    form = TeachingPointForm(request.POST or None, initial={"on": local_day(now())})
    if form.is_valid():
        with form.refusals():
            opened = open_teaching_point(
                by=request.actor,
                name=form.cleaned_data["name"],
                centre=centre,
                region=centre.region,
                on=form.cleaned_data["on"],
                now=now(),
            )
            messages.success(request, _("已登记“{name}”。").format(name=opened.name))
            return redirect(_address(opened))
    return form_page(request, TEMPLATE, form, _context(centre, _("设立教学点"), _("登记")))


@writes(may=Permission.MANAGE)
def rename(request: PageRequest, uuid: UUID) -> HttpResponse:
    """Give an organisation a new name."""
    found = organisation_for(request.actor, uuid)
    form = RenameForm(request.POST or None, initial={"name": found.name})
    if form.is_valid():
        with form.refusals():
            renamed = rename_organisation(by=request.actor, organisation=found, now=now(), **form.cleaned_data)
            messages.success(request, _("已更名为“{name}”。").format(name=renamed.name))
            return redirect(_address(renamed))
    return form_page(request, TEMPLATE, form, _context(found, _("更改名称"), _("更名")))


@writes(may=Permission.MANAGE)
def move(request: PageRequest, uuid: UUID) -> HttpResponse:
    """Put an organisation under another superior, with everything below it."""
    found = organisation_for(request.actor, uuid)
    superiors = list(possible_superiors(request.actor, found))
    form = MoveForm(request.POST or None, superiors=superiors)
    if form.is_valid():
        with form.refusals():
            moved = move_organisation(
                by=request.actor,
                organisation=found,
                parent=next(one for one in superiors if one.uuid == form.cleaned_data["parent"]),
                reason=form.cleaned_data["reason"],
                now=now(),
            )
            messages.success(request, _("“{name}”的上级单位已经调整。").format(name=moved.name))
            return redirect(_address(moved))
    return form_page(request, TEMPLATE, form, _context(found, _("调整隶属关系"), _("调整")))


@writes(may=Permission.MANAGE)
def close(request: PageRequest, uuid: UUID) -> HttpResponse:
    """Close an organisation. It stays to be read, its code stays taken."""
    found = organisation_for(request.actor, uuid)
    form = CloseForm(request.POST or None, initial={"on": local_day(now())})
    if form.is_valid():
        with form.refusals():
            closed = close_organisation(by=request.actor, organisation=found, now=now(), **form.cleaned_data)
            messages.success(request, _("“{name}”已撤销。").format(name=closed.name))
            return redirect(_address(closed))
    context = _context(found, _("撤销“{name}”").format(name=found.name), _("撤销"))
    return form_page(request, TEMPLATE, form, context)
