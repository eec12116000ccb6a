"""Forms of student records: they parse; the actions decide."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from heluo.domains.students.enums import REASONS, Attendance, ChangeKind, ClassEffect
from heluo.domains.students.models import LONGEST_SCHOOLING, StageRule
from heluo.domains.students.queries.records import category_choices
from heluo.kernel.clock.public import local_day, now
from heluo.kernel.codes.public import codes_of
from heluo.kernel.organisations.enums import Stage
from heluo.kernel.organisations.models import Klass
from heluo.kernel.pages.forms import PageForm

CHOOSE = ("", _("请选择"))


class DayInput(forms.DateInput):
    """A date with the browser's own calendar."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


def _day(label: object, help_text: object = "") -> forms.DateField:
    return forms.DateField(label=label, widget=DayInput(), help_text=help_text)  # type: ignore[arg-type]  # lazy words


class OpeningForm(PageForm):
    """A new record for a pupil who is known already."""

    groups = (
        (_("学籍"), ("stage", "entry_year", "category", "length", "on")),
        (_("来源与就读"), ("number", "origin_school", "attendance")),
    )

    stage = forms.ChoiceField(label=_("学段"))
    entry_year = forms.IntegerField(label=_("入学年"), min_value=1990, max_value=2100)
    category = forms.ChoiceField(label=_("学生类别"))
    length = forms.IntegerField(label=_("学制"), min_value=1, max_value=LONGEST_SCHOOLING, help_text=_("单位：年。"))
    on = _day(_("建籍日期"))
    number = forms.CharField(
        label=_("学籍号"),
        max_length=25,
        required=False,
        help_text=_("学生从前有学籍号的，填原号，终身不变；没有的留空，平台编一个临时号（以 L 开头）。"),
    )
    origin_school = forms.CharField(label=_("原就读学校"), max_length=120, required=False)
    attendance = forms.ChoiceField(label=_("就读方式"), choices=Attendance.choices)

    def __init__(self, *args: Any, stages: Sequence[Stage], has_number: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices(self, "stage", [(stage.value, stage.label) for stage in stages])
        choices(self, "category", category_choices(on=local_day(now())))
        if has_number:
            del self.fields["number"]


class ChangeForm(PageForm):
    """One change of one record, with just the fields its rule asks for."""

    on = _day(_("生效日期"), _("不早于上一次异动，也不晚于今天。"))
    klass = forms.ChoiceField(label=_("编入班级"))
    reason = forms.ChoiceField(label=_("原因"), required=False)
    document = forms.CharField(label=_("审批文号"), max_length=60, required=False)
    note = forms.CharField(label=_("说明"), max_length=200, required=False, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args: Any, rule: StageRule, classes: Iterable[tuple[Klass, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if rule.class_effect == ClassEffect.CHOOSE:
            choices(self, "klass", [CHOOSE, *((str(klass.uuid), label) for klass, label in classes)])
        else:
            del self.fields["klass"]
        if rule.kind == ChangeKind.CLASS_CHANGED:
            del self.fields["reason"]
        else:
            reasons = [(code.value, str(code)) for code in codes_of(REASONS, on=local_day(now()))]
            choices(self, "reason", [CHOOSE, *reasons])
            self.fields["reason"].required = rule.needs_reason
        self.fields["document"].required = rule.needs_document

    def klass_chosen(self, classes: Iterable[tuple[Klass, str]]) -> Klass | None:
        wanted = self.cleaned_data.get("klass")
        return next((klass for klass, _label in classes if klass.uuid == UUID(wanted)), None) if wanted else None


class CorrectionForm(PageForm):
    reason = forms.CharField(
        label=_("为什么更正"),
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("会留在这份学籍的异动记录里，不能修改。"),
    )


def choices(form: forms.Form, name: str, offered: Sequence[tuple[object, object]]) -> None:
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)  # noqa: S101  # declared above
    field.choices = offered
