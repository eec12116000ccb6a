"""Forms of student records: they parse; the actions decide."""

import re
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from heluo.domains.students.enums import REASONS, Attendance, BulkKind, ChangeKind, ClassEffect
from heluo.domains.students.models import LONGEST_SCHOOLING, StageRule
from heluo.domains.students.queries.records import category_choices
from heluo.kernel.clock.public import local_day, now
from heluo.kernel.codes.public import codes_of
from heluo.kernel.organisations.enums import Stage
from heluo.kernel.organisations.models import Klass
from heluo.kernel.pages.forms import DayInput, PageForm

CHOOSE = ("", _("请选择"))
MARK_LINE = re.compile(r"\s*(\S+?)[\s,，]+(\d{1,4}(?:\.\d{1,2})?)\s*")
"""Platform number and mark, apart by spaces or a comma."""


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


class BulkForm(PageForm):
    """What is to be prepared for which year group. Fields that the kind does not need are left out."""

    group = forms.ChoiceField(label=_("年级"))
    kept = forms.ChoiceField(label=_("保留的班"))
    classes = forms.MultipleChoiceField(label=_("班级"), widget=forms.CheckboxSelectMultiple)
    on = _day(_("生效日期"), _("不晚于今天。"))
    document = forms.CharField(label=_("审批文号"), max_length=60, required=False)
    seed = forms.CharField(
        label=_("随机种子"),
        max_length=40,
        help_text=_(
            "抽签由它决定：同样的名单、班级和种子，任何人重算都是同样的结果。可以当众写下，例如摇号得到的数字。"
        ),
    )
    marks = forms.CharField(
        label=_("成绩单"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("可选，使各班成绩均衡。每行一名学生：平台号、空格、分数。"),
    )

    def __init__(
        self,
        *args: Any,
        kind: BulkKind,
        groups: Sequence[tuple[str, str]],
        classes: Sequence[tuple[Klass, str]],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        labels = [(str(klass.uuid), label) for klass, label in classes]
        choices(self, "group", [CHOOSE, *groups])
        choices(self, "kept", [CHOOSE, *labels])
        choices(self, "classes", labels)
        wanted = {
            BulkKind.PROMOTION: ("group", "on", "document"),
            BulkKind.GRADUATION: ("group", "on", "document"),
            BulkKind.DIVISION: ("group", "classes", "on", "seed", "marks"),
            BulkKind.MERGING: ("kept", "classes", "on"),
        }[kind]
        if kind == BulkKind.MERGING:
            self.fields["classes"].label = _("并入的班")
        for name in set(self.fields) - set(wanted):
            del self.fields[name]

    def clean_marks(self) -> dict[str, Decimal]:
        marks = {}
        for number, line in enumerate(self.cleaned_data["marks"].splitlines(), 1):
            if not line.strip():
                continue
            read = MARK_LINE.fullmatch(line)
            if read is None:
                raise forms.ValidationError(
                    _("第 %(number)d 行“%(line)s”读不懂：应为平台号、空格、分数。"),
                    params={"number": number, "line": line.strip()[:30]},
                )
            marks[read[1].upper()] = Decimal(read[2])
        return marks

    def group_chosen(self) -> tuple[str, int]:
        stage, _dash, year = self.cleaned_data["group"].partition("-")
        return stage, int(year)


class RowForm(PageForm):
    """What is to happen to one pupil of a bulk action."""

    kind = forms.ChoiceField(label=_("办理事项"), required=False)
    klass = forms.ChoiceField(label=_("编入班级"), required=False)

    def __init__(
        self, *args: Any, kinds: Sequence[ChangeKind], classes: Sequence[tuple[Klass, str]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        choices(self, "kind", [("", _("不办理")), *((kind.value, kind.label) for kind in kinds)])
        choices(self, "klass", [("", _("不选班级")), *((str(klass.uuid), label) for klass, label in classes)])


class SwapForm(PageForm):
    other = forms.TypedChoiceField(label=_("与谁对调"), coerce=int)

    def __init__(self, *args: Any, others: Sequence[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices(self, "other", [CHOOSE, *others])


class TransferForm(PageForm):
    """A pupil who comes from another school."""

    number = forms.CharField(label=_("学籍号"), max_length=25, help_text=_("填全 19 位，可问家长或原学校。"))
    name = forms.CharField(label=_("姓名"), max_length=60, help_text=_("与学籍号一起核对，两项都对才能找到。"))
    klass = forms.ChoiceField(label=_("编入班级"), required=False, help_text=_("可以转入后再编班。"))
    reason = forms.CharField(label=_("转学理由"), max_length=200, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args: Any, classes: Sequence[tuple[Klass, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices(self, "klass", [("", _("以后再编班")), *((str(klass.uuid), label) for klass, label in classes)])


class TransferDecisionForm(PageForm):
    comment = forms.CharField(
        label=_("意见"),
        max_length=200,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("不同意时要写明原因。"),
    )


class JudgementForm(PageForm):
    """Whether two entries are one pupil."""

    verdict = forms.ChoiceField(label=_("判定"), widget=forms.RadioSelect)
    reason = forms.CharField(
        label=_("依据"),
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("例如核对了户口簿、出生医学证明，或与家长、学校核实的情况。"),
    )

    def __init__(self, *args: Any, verdicts: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices(self, "verdict", verdicts)


class ConfirmForm(PageForm):
    document = forms.CharField(
        label=_("查重和比对结果"), max_length=60, help_text=_("全国查重和人口库比对结果的文号或日期。")
    )


class RuleForm(PageForm):
    """What a stage allows."""

    is_allowed = forms.BooleanField(label=_("可以办理"), required=False)
    needs_reason = forms.BooleanField(label=_("须选原因"), required=False)
    needs_document = forms.BooleanField(label=_("须填审批文号"), required=False)
    why_not = forms.CharField(
        label=_("不可以办理时的说明"), max_length=120, required=False, help_text=_("学校会看到这句话。")
    )
    source = forms.CharField(label=_("依据"), max_length=200, help_text=_("文件名称、文号和条款。"))
