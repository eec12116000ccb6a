"""The rules of each stage: read by those who keep records, amended by the province."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from heluo.domains.students.access import Permission
from heluo.domains.students.actions import amend_rule
from heluo.domains.students.enums import ChangeKind
from heluo.domains.students.forms import RuleForm
from heluo.domains.students.queries.rules import rule_numbered, rules_of
from heluo.kernel.actors.public import allows
from heluo.kernel.clock.public import now
from heluo.kernel.organisations.enums import Stage
from heluo.kernel.pages.forms import form_page
from heluo.kernel.pages.fragments import page_response
from heluo.kernel.pages.listing import choices
from heluo.kernel.pages.rules import PageRequest, reads, writes

UNRULED = frozenset({ChangeKind.OPENED, ChangeKind.CORRECTED, ChangeKind.MERGED})
"""Kinds that are possible in every stage and need no rule to be read."""


@reads(may=Permission.VIEW)
def rules(request: PageRequest) -> HttpResponse:
    """What one stage allows, on what it rests, and whether somebody checked it."""
    labels = {stage.value: stage.label for stage in (Stage.PRIMARY, *(one for one in Stage if one != Stage.PRIMARY))}
    wanted = request.GET.get("stage", Stage.PRIMARY)
    stage = Stage(wanted) if wanted in Stage.values else Stage.PRIMARY
    context = {
        "heading": _("学段规则"),
        "lead": _("每个学段可以办理哪些异动、要什么手续。尚未核对的是通行做法，以发布文本为准。"),
        "tabs": choices(request.GET, name="stage", labels=labels),
        "rows": [(rule, ChangeKind(rule.kind).label) for rule in rules_of(stage) if rule.kind not in UNRULED],
        "may_amend": allows(request.actor, Permission.AMEND_RULES),
        "crumbs": [(_("学籍"), reverse("students:list"))],
    }
    return page_response(request, "students/rules.html", context)


@writes(may=Permission.AMEND_RULES)
def amend(request: PageRequest, pk: int) -> HttpResponse:
    """Amend one rule."""
    rule = rule_numbered(pk)
    back = f"{reverse('students:rules')}?stage={rule.stage}"
    kept = ("is_allowed", "needs_reason", "needs_document", "why_not", "source")
    form = RuleForm(request.POST or None, initial={name: getattr(rule, name) for name in kept})
    if form.is_valid():
        with form.refusals():
            amend_rule(by=request.actor, rule=rule, now=now(), **form.cleaned_data)
            messages.success(request, _("已修订。以后登记的异动按新规则办理，已登记的不变。"))
            return redirect(back)
    context = {
        "heading": _("{stage}：{change}").format(stage=Stage(rule.stage).label, change=ChangeKind(rule.kind).label),
        "submit_label": _("修订"),
        "cancel_url": back,
        "crumbs": [(_("学籍"), reverse("students:list")), (_("学段规则"), back)],
    }
    return form_page(request, "students/form.html", form, context)
