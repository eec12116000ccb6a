"""Open, rename and move organisations, keep what is known of them: each page hands its form to one action."""

from dataclasses import asdict
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from heluo.kernel.clock.public import local_day, now
from heluo.kernel.codes.public import codes_of, names_of
from heluo.kernel.organisations.access import Permission
from heluo.kernel.organisations.actions import (
    OrganisationFacts,
    move_organisation,
    open_institution,
    open_school,
    open_teaching_point,
    record_facts,
    rename_organisation,
)
from heluo.kernel.organisations.enums import Fact, OrganisationKind
from heluo.kernel.organisations.forms import (
    FactsForm,
    InstitutionForm,
    MoveForm,
    RenameForm,
    SchoolForm,
    TeachingPointForm,
    region_choices,
    school_choices,
)
from heluo.kernel.organisations.models import Organisation
from heluo.kernel.organisations.pages.browse import organisation_address
from heluo.kernel.organisations.queries import (
    count_below,
    organisation_for,
    possible_superiors,
    region_with_code,
    regions_within,
)
from heluo.kernel.organisations.school_types import run_by_table, school_types
from heluo.kernel.pages.forms import form_page
from heluo.kernel.pages.rules import PageRequest, writes

TEMPLATE = "organisations/change.html"
NOT_SAID = ("", "—")


def change_context(organisation: Organisation, heading: str, submit_label: str) -> dict[str, object]:
    """What every page that changes an organisation shows around its form."""
    return {
        "heading": heading,
        "lead": organisation.name,
        "crumbs": [
            (_("机构"), reverse("organisations:tree")),
            (organisation.name, organisation_address(organisation)),
        ],
        "submit_label": submit_label,
        "cancel_url": organisation_address(organisation),
    }


def type_choices(above: Organisation | None) -> list[tuple[str, str]]:
    """Types of school a bureau may have under it."""
    names = names_of("school-type", on=local_day(now()))
    return [
        (kind.code, names[kind.code])
        for kind in school_types().values()
        if kind.answers_to is None or (above is not None and above.level == kind.answers_to)
    ]


@writes(may=Permission.MANAGE)
def school_new(request: PageRequest, uuid: UUID) -> HttpResponse:
    """Open a school under a bureau."""
    bureau = organisation_for(request.actor, uuid)
    today = local_day(now())
    form = SchoolForm(
        request.POST or None,
        choices={
            "school_type": type_choices(bureau),
            "region": region_choices(regions_within(bureau.region, on=today)),
        },
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
            return redirect(organisation_address(opened))
    return form_page(request, TEMPLATE, form, change_context(bureau, _("登记学校"), _("登记")))


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
            return redirect(organisation_address(opened))
    return form_page(request, TEMPLATE, form, change_context(centre, _("设立教学点"), _("登记")))


@writes(may=Permission.MANAGE)
def institution_new(request: PageRequest, uuid: UUID) -> HttpResponse:
    """Register an enterprise or a training institution under a bureau."""
    bureau = organisation_for(request.actor, uuid)
    today = local_day(now())
    form = InstitutionForm(
        request.POST or None,
        choices={"region": region_choices(regions_within(bureau.region, on=today))},
        initial={"on": today},
    )
    if form.is_valid():
        with form.refusals():
            opened = open_institution(
                by=request.actor,
                kind=OrganisationKind(form.cleaned_data["kind"]),
                name=form.cleaned_data["name"],
                credit_code=form.cleaned_data["credit_code"],
                region=region_with_code(form.cleaned_data["region"], on=today),
                parent=bureau,
                on=form.cleaned_data["on"],
                now=now(),
            )
            messages.success(request, _("已登记“{name}”。").format(name=opened.name))
            return redirect(organisation_address(opened))
    return form_page(request, TEMPLATE, form, change_context(bureau, _("登记企业或培训机构"), _("登记")))


@writes(may=Permission.MANAGE)
def rename(request: PageRequest, uuid: UUID) -> HttpResponse:
    """Give an organisation a new name."""
    found = organisation_for(request.actor, uuid)
    form = RenameForm(request.POST or None, initial={"name": found.name})
    if form.is_valid():
        with form.refusals():
            renamed = rename_organisation(by=request.actor, organisation=found, now=now(), **form.cleaned_data)
            messages.success(request, _("已更名为“{name}”。").format(name=renamed.name))
            return redirect(organisation_address(renamed))
    return form_page(request, TEMPLATE, form, change_context(found, _("更改名称"), _("更名")))


@writes(may=Permission.MANAGE)
def move(request: PageRequest, uuid: UUID) -> HttpResponse:
    """Put an organisation under another superior, with everything below it."""
    found = organisation_for(request.actor, uuid)
    superiors = list(possible_superiors(request.actor, found))
    form = MoveForm(request.POST or None, choices={"parent": school_choices(superiors)})
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
            return redirect(organisation_address(moved))
    context = change_context(found, pgettext("deed", "调整隶属关系"), _("调整"))
    context["lead"] = _(
        "“{name}”和它下面的 {count} 个单位一起划归新的上级，各级管理员的权限当即随之改变。以往的隶属关系留在沿革中。"
    ).format(name=found.name, count=count_below(found, on=local_day(now())))
    return form_page(request, TEMPLATE, form, context)


@writes(may=Permission.RECORD_FACTS)
def facts(request: PageRequest, uuid: UUID) -> HttpResponse:
    """Keep address, telephone, founder and the like."""
    found = organisation_for(request.actor, uuid)
    today = local_day(now())
    tables = {
        Fact.FOUNDER: "school-founder",
        Fact.RUN_BY: run_by_table(found.school_type),
        Fact.SETTLEMENT: "settlement",
    }
    choices = {}
    if found.is_school:
        choices = {
            fact.value: [NOT_SAID, *((code.value, str(code)) for code in codes_of(table, on=today))]
            for fact, table in tables.items()
        }
    form = FactsForm(
        request.POST or None,
        is_school=found.is_school,
        choices=choices,
        initial={fact.value: getattr(found, fact.value) for fact in Fact},
    )
    if form.is_valid():
        kept = asdict(OrganisationFacts())
        with form.refusals():
            record_facts(
                by=request.actor,
                organisation=found,
                facts=OrganisationFacts(**{name: form.cleaned_data.get(name) or empty for name, empty in kept.items()}),
                now=now(),
            )
            messages.success(request, _("“{name}”的登记信息已更新。").format(name=found.name))
            return redirect(organisation_address(found))
    return form_page(request, TEMPLATE, form, change_context(found, _("登记信息"), _("保存")))
