"""The rules: what is checked, how strictly, since when and why."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from heluo.domains.quality.access import Permission
from heluo.domains.quality.actions import set_rule
from heluo.domains.quality.forms import SettingForm, bounds_in_words
from heluo.domains.quality.models import RuleSetting
from heluo.domains.quality.queries import rule_named, rules_with_settings, settings_in_force, settings_of
from heluo.kernel.actors.public import allows
from heluo.kernel.clock.public import now
from heluo.kernel.pages.forms import form_page
from heluo.kernel.pages.fragments import page_response
from heluo.kernel.pages.rules import PageRequest, reads, writes

CRUMBS = "quality:rules"


@reads(may=Permission.VIEW)
def rules(request: PageRequest) -> HttpResponse:
    context = {
        "heading": _("数据质量规则"),
        "lead": _("每条规则检查一类数据。全省统一设置，各单位都能看到。"),
        "crumbs": [(_("数据质量"), reverse("quality:overview"))],
        "rows": [(rule, setting, bounds_in_words(setting)) for rule, setting in rules_with_settings()],
    }
    return page_response(request, "quality/rules.html", context)


@writes(may=Permission.VIEW)
def rule(request: PageRequest, key: str) -> HttpResponse:
    """One rule with its settings so far; whoever sets rules sees the form."""
    one = rule_named(key)
    setting = settings_in_force()[one.pk]
    form = SettingForm(request.POST or None, setting=setting, initial=SettingForm.initial_of(setting))
    if request.method == "POST" and form.is_valid():
        with form.refusals():
            set_rule(
                by=request.actor,
                rule=one,
                is_on=form.cleaned_data["is_on"],
                parameters=form.parameters_given(),
                weight=form.cleaned_data["weight"],
                due_days=form.cleaned_data["due_days"],
                reason=form.cleaned_data["reason"],
                now=now(),
            )
            messages.success(request, _("新的设置已保存，从下一次检查起生效。"))
            return redirect("quality:rule", key=key)
    context = {
        "heading": str(one),
        "lead": one.advice_said,
        "crumbs": [(_("数据质量"), reverse("quality:overview")), (_("数据质量规则"), reverse(CRUMBS))],
        "rule": one,
        "facts": [
            (_("检查对象"), one.get_dataset_display()),
            (_("检查内容"), one.get_dimension_display()),
            (_("要求"), one.get_check_kind_display()),
            (_("依据"), one.source),
        ],
        "can_set": allows(request.actor, Permission.RULE),
        "events": [_setting_event(found) for found in settings_of(one)],
        "submit_label": _("保存新设置"),
    }
    return form_page(request, "quality/rule.html", form, context)


def _setting_event(setting: RuleSetting) -> dict[str, object]:
    bounds = bounds_in_words(setting)
    parts = [
        pgettext("rule", "启用") if setting.is_on else pgettext("rule", "停用"),
        *([_("范围 {bounds}").format(bounds=bounds)] if bounds else []),
        _("权重 {weight}").format(weight=setting.weight),
        _("期限 {days} 天").format(days=setting.due_days),
    ]
    return {
        "title": " · ".join(parts),
        "who": setting.by_name or _("平台"),
        "at": setting.at,
        "text": setting.reason if setting.by_name else _("随平台提供的初始设置"),
    }
