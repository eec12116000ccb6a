"""Input of the pages about people."""

from collections.abc import Sequence
from typing import Any, ClassVar

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from heluo.kernel.actors.enums import Role
from heluo.kernel.codes.public import Sex
from heluo.kernel.pages.forms import ChoosingForm, DayInput, PageForm
from heluo.kernel.people.enums import NAME_LENGTH, IdentifierKind

CHOOSE = ("", _("请选择"))
SEXES = ((Sex.MALE.value, _("男")), (Sex.FEMALE.value, _("女")))


class RevealForm(PageForm):
    """Why somebody must see an identifier in clear."""

    reason = forms.CharField(
        label=_("事由"),
        max_length=200,
        help_text=_("例如“核对学籍信息”。事由、时间和您的姓名会记入审计，不能删除。"),
        widget=forms.Textarea(attrs={"rows": 3}),
    )


def _number(kind: IdentifierKind, help_text: Any = "") -> forms.CharField:
    return forms.CharField(
        label=kind.label,
        max_length=24,
        required=False,
        help_text=help_text,
        widget=forms.TextInput({"autocomplete": "off"}),
    )


class EnrolForm(ChoosingForm):
    """A pupil or a teacher who comes to a school."""

    groups: ClassVar[Sequence[tuple[str | Promise, Sequence[str]]]] = (
        (_("身份"), ("role", "klass")),
        (_("基本信息"), ("name", "sex", "born_on")),
        (_("号码"), tuple(IdentifierKind)),
    )
    role = forms.ChoiceField(
        label=_("登记为"),
        choices=[(role.value, role.label) for role in (Role.PUPIL, Role.TEACHER)],
        widget=forms.RadioSelect,
        initial=Role.PUPIL,
    )
    klass = forms.ChoiceField(
        label=_("班级"), required=False, help_text=_("学生编入的班级；还没有分班可以先不选。教师不用选。")
    )
    name = forms.CharField(label=_("姓名"), max_length=NAME_LENGTH)
    sex = forms.ChoiceField(
        label=_("性别"), choices=[CHOOSE, *SEXES], required=False, help_text=_("填写身份证号时可以不选。")
    )
    born_on = forms.DateField(
        label=_("出生日期"), required=False, widget=DayInput(), help_text=_("填写身份证号时可以不填。")
    )
    resident_id = _number(IdentifierKind.RESIDENT_ID, _("已经登记过的人凭号码认出，不会重复登记。"))
    student_number = _number(IdentifierKind.STUDENT_NUMBER, _("学生没有身份证号时填写。"))
    phone = _number(IdentifierKind.PHONE, _("教师没有身份证号时填写。"))


class GuardianForm(PageForm):
    """Somebody who answers for a child."""

    name = forms.CharField(label=_("监护人姓名"), max_length=NAME_LENGTH)
    relation = forms.CharField(label=_("与孩子的关系"), max_length=20, help_text=_("例如：父亲、母亲、祖父。"))
    phone = _number(IdentifierKind.PHONE)
    resident_id = _number(IdentifierKind.RESIDENT_ID, _("手机号和身份证号至少填一个。"))


class CorrectionForm(PageForm):
    """Name, sex and birthday as they should be, and why."""

    name = forms.CharField(label=_("姓名"), max_length=NAME_LENGTH)
    sex = forms.ChoiceField(label=_("性别"), choices=[("", _("未登记")), *SEXES], required=False)
    born_on = forms.DateField(label=_("出生日期"), required=False, widget=DayInput())
    reason = forms.CharField(
        label=_("更正依据"),
        max_length=200,
        help_text=_("例如“户口簿已变更姓名”。依据、时间和您的姓名会记入审计。"),
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class NumberForm(PageForm):
    """A number somebody is known by, new or in place of the one on record."""

    kind = forms.ChoiceField(label=_("号码种类"), choices=IdentifierKind.choices)
    value = forms.CharField(
        label=_("号码"), max_length=24, widget=forms.TextInput({"autocomplete": "off", "inputmode": "text"})
    )


class PostForm(ChoosingForm):
    """A post at an organisation from a day on."""

    role = forms.ChoiceField(label=_("职务"))
    organisation = forms.CharField(
        label=_("单位"), max_length=120, help_text=_("单位全称、学校标识码，或教育局的区划代码。")
    )
    starts_on = forms.DateField(label=_("开始日期"), widget=DayInput())


class EndForm(PageForm):
    """The last day of a post, a guardianship or a teaching."""

    on = forms.DateField(label=_("最后一天"), widget=DayInput())


class TeachingForm(ChoosingForm):
    """Who teaches what to a class, or leads it."""

    teacher = forms.ChoiceField(label=_("教师"))
    subject = forms.ChoiceField(label=_("学科"), required=False, help_text=_("只当班主任、不任课时可以不选。"))
    is_homeroom = forms.BooleanField(label=_("担任班主任"), required=False)
    starts_on = forms.DateField(label=_("开始日期"), widget=DayInput())
