"""Input of the pages that change organisations."""

from collections.abc import Iterable, Sequence
from typing import Any, ClassVar
from uuid import UUID

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from heluo.kernel.organisations.enums import Fact, OrganisationKind, Stage
from heluo.kernel.organisations.models import Organisation, Region
from heluo.kernel.pages.forms import ChoosingForm, DayInput, PageForm

REASON_HELP = _("依据的文件或事由，例如文号。会写入沿革，不能修改。")
CODE_HELP = _("10 位，见发码通知。一经使用永不再用。")
MOST_CLASSES = 40
"""New classes of one grade opened at once; more is a typing error."""
Choices = Sequence[tuple[str, str | Promise]]


def _reason() -> forms.CharField:
    return forms.CharField(
        label=_("理由"), max_length=200, help_text=REASON_HELP, widget=forms.Textarea(attrs={"rows": 3})
    )


def _day(label: Any, help_text: Any = "") -> forms.DateField:
    return forms.DateField(label=label, widget=DayInput(), help_text=help_text)


def _code(label: Any, *, required: bool = True, help_text: Any = CODE_HELP) -> forms.CharField:
    return forms.CharField(label=label, max_length=20, required=required, help_text=help_text)


class SchoolForm(ChoosingForm):
    """A new school under a bureau."""

    name = forms.CharField(label=_("学校名称"), max_length=120)
    school_type = forms.ChoiceField(label=_("办学类型"))
    code = _code(_("学校（机构）标识码"))
    region = forms.ChoiceField(label=_("所在区划"))
    on = _day(_("设立日期"))


class TeachingPointForm(PageForm):
    """A new teaching point under a school."""

    name = forms.CharField(label=_("教学点名称"), max_length=120)
    on = _day(_("设立日期"))


class InstitutionForm(ChoosingForm):
    """An enterprise or a training institution."""

    kind = forms.ChoiceField(
        label=_("类别"),
        choices=[(kind.value, kind.label) for kind in (OrganisationKind.ENTERPRISE, OrganisationKind.TRAINING)],
        help_text=_("发有标识码（93 开头）的培训机构请用“登记学校”。"),
    )
    name = forms.CharField(label=_("单位名称"), max_length=120)
    credit_code = forms.CharField(
        label=_("统一社会信用代码"), max_length=24, help_text=_("18 位，见营业执照或登记证书。")
    )
    region = forms.ChoiceField(label=_("所在区划"))
    on = _day(_("登记日期"))


class RenameForm(PageForm):
    name = forms.CharField(label=_("新名称"), max_length=120)
    reason = _reason()


class MoveForm(ChoosingForm):
    """Another superior, out of those that may manage this kind of organisation."""

    parent = forms.TypedChoiceField(label=_("新的上级单位"), coerce=UUID)
    reason = _reason()


class FactsForm(ChoosingForm):
    """What is known of an organisation beside its name."""

    groups: ClassVar[Sequence[tuple[str | Promise, Sequence[str]]]] = (
        (_("身份"), (Fact.ENGLISH_NAME, Fact.CREDIT_CODE, Fact.FOUNDED_ON)),
        (_("办学"), (Fact.FOUNDER, Fact.RUN_BY, Fact.SETTLEMENT)),
        (_("联系"), (Fact.ADDRESS, Fact.POSTCODE, Fact.PHONE)),
    )
    english_name = forms.CharField(label=Fact.ENGLISH_NAME.label, max_length=160, required=False)
    credit_code = forms.CharField(label=Fact.CREDIT_CODE.label, max_length=24, required=False)
    founded_on = forms.DateField(label=Fact.FOUNDED_ON.label, widget=DayInput(), required=False)
    founder = forms.ChoiceField(label=Fact.FOUNDER.label, required=False, help_text=_("代码待核，以发布文本为准。"))
    run_by = forms.ChoiceField(label=Fact.RUN_BY.label, required=False)
    settlement = forms.ChoiceField(label=Fact.SETTLEMENT.label, required=False)
    address = forms.CharField(label=Fact.ADDRESS.label, max_length=180, required=False)
    postcode = forms.CharField(label=Fact.POSTCODE.label, max_length=6, required=False)
    phone = forms.CharField(
        label=Fact.PHONE.label, max_length=30, required=False, help_text=_("办公电话，不要填写个人手机号。")
    )

    def __init__(self, *args: Any, is_school: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not is_school:
            for name in (Fact.FOUNDER, Fact.RUN_BY, Fact.SETTLEMENT):
                del self.fields[name]

    def grouped_fields(self) -> list[tuple[str | Promise, list[forms.BoundField]]]:
        return [(title, fields) for title, fields in super().grouped_fields() if fields]


class RecodeForm(ChoosingForm):
    """Another type, and a new code where its class changes."""

    school_type = forms.ChoiceField(label=_("办学类型"))
    code = _code(
        _("新标识码"),
        required=False,
        help_text=_("标识码类别（前两位）不变时留空，沿用原码；改变时填写发码通知上的新码。"),
    )
    on = _day(_("变更日期"))
    reason = _reason()


class CloseForm(ChoosingForm):
    on = _day(_("撤销日期"), _("从这一天起不再存在。"))
    reason = _reason()


class ReopenForm(ChoosingForm):
    on = _day(_("恢复日期"))
    reason = _reason()


class MergeForm(ChoosingForm):
    """Schools to be merged into one, by full name or code, one a line."""

    merged = forms.CharField(
        label=_("并入的学校"),
        help_text=_("每行一所，填写学校全称或标识码。"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    name = forms.CharField(label=_("合并后的名称"), max_length=120)
    school_type = forms.ChoiceField(label=_("合并后的办学类型"))
    code = _code(
        _("新标识码"),
        required=False,
        help_text=_("各校标识码类别相同且合并后不变时留空，沿用保留学校的原码；否则填写发码通知上的新码。"),
    )
    on = _day(_("合并日期"))
    reason = _reason()


class SplitForm(ChoosingForm):
    """A new school out of some classes of another."""

    name = forms.CharField(label=_("新校名称"), max_length=120)
    school_type = forms.ChoiceField(label=_("新校办学类型"))
    code = _code(_("新校标识码"))
    classes = forms.MultipleChoiceField(label=_("划给新校的班级"), widget=forms.CheckboxSelectMultiple)
    on = _day(_("分设日期"))
    reason = _reason()


class ClassesForm(PageForm):
    """How many new classes each grade gets: one field a grade, named `<stage>-<entry year>`."""

    def __init__(self, *args: Any, grades: Sequence[tuple[Stage, int, str, int]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.grades = grades
        for stage, entry_year, label, there in grades:
            self.fields[f"{stage}-{entry_year}"] = forms.IntegerField(
                label=label,
                min_value=0,
                max_value=MOST_CLASSES,
                required=False,
                initial=0,
                help_text=_("现有 {count} 个班").format(count=there),
            )

    def wanted(self) -> list[tuple[Stage, int, int]]:
        """Stage, entry year and number of new classes, where there are any."""
        counts = [
            (stage, entry_year, self.cleaned_data.get(f"{stage}-{entry_year}") or 0)
            for stage, entry_year, _label, _there in self.grades
        ]
        return [(stage, entry_year, count) for stage, entry_year, count in counts if count]


class TermForm(ChoosingForm):
    """First and last day of a term."""

    term = forms.ChoiceField(label=_("学期"))
    starts_on = _day(_("第一天"))
    ends_on = _day(_("最后一天"))


def school_choices(schools: Iterable[Organisation]) -> list[tuple[str, str]]:
    return [(str(school.uuid), school.name) for school in schools]


def region_choices(regions: Iterable[Region]) -> list[tuple[str, str]]:
    return [(region.code, region.full_name) for region in regions]


class OwnOrganisationForm(PageForm):
    """Which of one's own organisations something is ordered for, with everything below it."""

    organisation = forms.TypedChoiceField(
        label=_("单位"), coerce=UUID, help_text=_("数据包包含这个单位和它管理的全部单位。")
    )

    def __init__(self, *args: Any, organisations: Iterable[Organisation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.organisations = {organisation.uuid: organisation for organisation in organisations}
        self.fields["organisation"].choices = [  # type: ignore[attr-defined]  # a choice field
            (str(uuid), organisation.name) for uuid, organisation in self.organisations.items()
        ]

    @property
    def chosen(self) -> Organisation:
        """The organisation of a valid form."""
        return self.organisations[self.cleaned_data["organisation"]]
