"""Input of the pages that change organisations."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from heluo.kernel.organisations.models import Organisation, Region
from heluo.kernel.pages.forms import PageForm

REASON_HELP = _("依据的文件或事由，例如文号。会写入沿革，不能修改。")


class DayInput(forms.DateInput):
    """A date with the browser's own calendar."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


def _reason() -> forms.CharField:
    return forms.CharField(
        label=_("理由"), max_length=200, help_text=REASON_HELP, widget=forms.Textarea(attrs={"rows": 3})
    )


class SchoolForm(PageForm):
    """A new school under a bureau."""

    name = forms.CharField(label=_("学校名称"), max_length=120)
    code = forms.CharField(
        label=_("学校（机构）标识码"), max_length=20, help_text=_("10 位，见发码通知。一经使用永不再用。")
    )
    school_type = forms.ChoiceField(label=_("办学类型"))
    region = forms.ChoiceField(label=_("所在区划"))
    on = forms.DateField(label=_("设立日期"), widget=DayInput())

    def __init__(
        self, *args: Any, school_types: Sequence[tuple[str, str]], regions: Iterable[Region], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["school_type"].choices = school_types  # type: ignore[attr-defined]  # a choice field
        self.fields["region"].choices = [  # type: ignore[attr-defined]  # a choice field
            (region.code, region.full_name) for region in regions
        ]


class TeachingPointForm(PageForm):
    """A new teaching point under a school."""

    name = forms.CharField(label=_("教学点名称"), max_length=120)
    on = forms.DateField(label=_("设立日期"), widget=DayInput())


class RenameForm(PageForm):
    name = forms.CharField(label=_("新名称"), max_length=120)
    reason = _reason()


class MoveForm(PageForm):
    """Another superior, out of those that may manage this kind of organisation."""

    parent = forms.TypedChoiceField(label=_("新的上级单位"), coerce=UUID)
    reason = _reason()

    def __init__(self, *args: Any, superiors: Iterable[Organisation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["parent"].choices = [  # type: ignore[attr-defined]  # a choice field
            (str(superior.uuid), superior.name) for superior in superiors
        ]


class CloseForm(PageForm):
    on = forms.DateField(label=_("撤销日期"), widget=DayInput(), help_text=_("从这一天起不再存在。"))
    reason = _reason()
