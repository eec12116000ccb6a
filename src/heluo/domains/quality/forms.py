"""Forms of data quality: they parse; the actions decide."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from heluo.domains.quality.models import LONGEST_REASON, RuleSetting
from heluo.kernel.pages.forms import PageForm


class ReasonField(forms.CharField):
    """Some lines of text that are kept with a decision."""

    widget = forms.Textarea(attrs={"rows": 3})

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=LONGEST_REASON, **kwargs)


class ExplanationForm(PageForm):
    """Why a source cannot mend what is left."""

    reason = ReasonField(
        label=_("无法整改的原因"), help_text=_("写明情况和依据。上级单位确认后，这些问题不再计入评分。")
    )


class DecisionForm(PageForm):
    """A bureau's answer to an explanation; which of the two is said by the button."""

    reason = ReasonField(label=_("处理意见"), help_text=_("学校会看到。不接受时请写明还需要做什么。"))


class SettingForm(PageForm):
    """How a rule is set; bounds appear as far as the rule has them."""

    BOUNDS = ("least", "most", "days")

    is_on = forms.BooleanField(label=_("启用这条规则"), required=False)
    least = forms.IntegerField(label=_("下限"), min_value=-100, max_value=10_000)
    most = forms.IntegerField(label=_("上限"), min_value=-100, max_value=10_000)
    days = forms.IntegerField(label=_("最长天数"), min_value=1, max_value=3650)
    weight = forms.IntegerField(
        label=_("评分权重"), min_value=0, max_value=100, help_text=_("0 表示只派整改单，不计入评分。")
    )
    due_days = forms.IntegerField(
        label=_("整改期限（天）"), min_value=1, max_value=365, help_text=_("按自然日计算，从派单之日起。")
    )
    reason = ReasonField(label=_("调整原因"), help_text=_("会记入规则的历次设置，各单位都能看到。"))

    def __init__(self, *args: object, setting: RuleSetting, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # handed on as they came
        for name in self.BOUNDS:
            if name not in setting.parameters:
                del self.fields[name]
        self.setting = setting

    @classmethod
    def initial_of(cls, setting: RuleSetting) -> dict[str, object]:
        return {
            "is_on": setting.is_on,
            "weight": setting.weight,
            "due_days": setting.due_days,
            **{name: setting.parameters[name] for name in cls.BOUNDS if name in setting.parameters},
        }

    def parameters_given(self) -> dict[str, int | str]:
        """The rule's parameters with the bounds of the form in them."""
        given = {name: self.cleaned_data[name] for name in self.BOUNDS if name in self.fields}
        return {**self.setting.parameters, **given}


def bounds_in_words(setting: RuleSetting) -> str:
    """`0 至 55`, `210 天`; empty where a rule has no bounds."""
    found = setting.parameters
    if "least" in found:
        return str(_("{least} 至 {most}")).format(**found)
    return str(_("{days} 天")).format(**found) if "days" in found else ""
