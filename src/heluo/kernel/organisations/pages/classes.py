"""Open classes of several grades at once, and set the days of a term."""

from collections import defaultdict
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from heluo.kernel.clock.public import SchoolYear, Term, local_day, now
from heluo.kernel.organisations.access import Permission
from heluo.kernel.organisations.actions import NewClass, open_classes, plan_term
from heluo.kernel.organisations.enums import Stage
from heluo.kernel.organisations.forms import ClassesForm, TermForm
from heluo.kernel.organisations.grades import entry_years, grade_label
from heluo.kernel.organisations.models import Organisation
from heluo.kernel.organisations.pages.browse import organisation_address
from heluo.kernel.organisations.pages.change import TEMPLATE, change_context
from heluo.kernel.organisations.queries import open_classes_of, organisation_for, term_plan
from heluo.kernel.organisations.school_types import stages_of
from heluo.kernel.pages.forms import form_page
from heluo.kernel.pages.rules import PageRequest, writes


@writes(may=Permission.MANAGE_CLASSES)
def classes_new(request: PageRequest, uuid: UUID) -> HttpResponse:
    """Open classes in any of the grades of a school, numbered after those that are there."""
    school = organisation_for(request.actor, uuid)
    year = SchoolYear.on(local_day(now()))
    numbers: dict[tuple[str, int], list[int]] = defaultdict(list)
    for klass in open_classes_of(school):
        numbers[klass.stage, klass.entry_year].append(klass.number)
    form = ClassesForm(request.POST or None, grades=_grades(school, year, numbers))
    if form.is_valid():
        wanted = [
            NewClass(stage, entry_year, max(numbers[stage, entry_year], default=0) + place)
            for stage, entry_year, count in form.wanted()
            for place in range(1, count + 1)
        ]
        if not wanted:
            form.add_error(None, _("请至少在一个年级填写要开设的班数。"))
        else:
            with form.refusals():
                opened = open_classes(by=request.actor, school=school, classes=wanted, now=now())
                messages.success(request, _("已开设 {count} 个班级。").format(count=len(opened)))
                return redirect(organisation_address(school))
    context = change_context(school, _("开设班级"), _("开设"))
    context["lead"] = _("“{name}”：在各年级填写要新开几个班，班号接着现有的往后排。").format(name=school.name)
    return form_page(request, TEMPLATE, form, context)


def _grades(
    school: Organisation, year: SchoolYear, numbers: dict[tuple[str, int], list[int]]
) -> list[tuple[Stage, int, str, int]]:
    """Every grade a school teaches, and next year's entry: stage, entry year, words, classes there are."""
    grades = []
    for stage in stages_of(school.school_type):
        for entry_year in reversed([*entry_years(stage, year), year.starts + 1]):
            label = _("{grade}（{year} 年入学）").format(grade=grade_label(stage, entry_year, year), year=entry_year)
            grades.append((stage, entry_year, label, len(numbers[stage, entry_year])))
    return grades


@writes(may=Permission.PLAN_TERMS)
def term(request: PageRequest, uuid: UUID) -> HttpResponse:
    """Set the first and last day of a term for an organisation and everything below it."""
    found = organisation_for(request.actor, uuid)
    current = Term.on(local_day(now()))
    terms = {
        str(one): one
        for one in (Term(SchoolYear(current.year.starts + later), half) for later in (0, 1) for half in (1, 2))
    }
    plan = term_plan(found, current)
    initial = {"term": str(current)}
    if plan is not None:
        initial |= {"starts_on": plan.starts_on.isoformat(), "ends_on": plan.ends_on.isoformat()}
    form = TermForm(
        request.POST or None, choices={"term": [(key, one.label) for key, one in terms.items()]}, initial=initial
    )
    if form.is_valid():
        with form.refusals():
            planned = plan_term(
                by=request.actor,
                organisation=found,
                term=terms[form.cleaned_data["term"]],
                starts_on=form.cleaned_data["starts_on"],
                ends_on=form.cleaned_data["ends_on"],
                now=now(),
            )
            messages.success(request, _("已安排{term}的起止日期。").format(term=planned.term.label))
            return redirect(organisation_address(found))
    context = change_context(found, _("安排学期"), _("保存"))
    context["lead"] = _("对“{name}”和它下面的所有单位有效；下级另有安排的，以下级的为准。").format(name=found.name)
    if plan is not None:
        days = _("{first} 至 {last}").format(first=plan.starts_on.isoformat(), last=plan.ends_on.isoformat())
        context["known_facts"] = [(plan.term.label, days, plan.organisation.name)]
    return form_page(request, TEMPLATE, form, context)
