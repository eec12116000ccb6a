"""Input of the page of bulk files."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from heluo.kernel.organisations.models import Organisation
from heluo.kernel.pages.forms import PageForm


class ExportForm(PageForm):
    """Whose register, and whether with birthdays and sexes."""

    organisation = forms.TypedChoiceField(
        label=_("单位"), coerce=UUID, help_text=_("数据包包含这个单位和它管理的全部单位。")
    )
    with_demographics = forms.BooleanField(
        label=_("包含出生日期和性别"),
        required=False,
        help_text=_("只在接收方确有需要并签了协议时勾选。"),
    )

    def __init__(self, *args: Any, organisations: Iterable[Organisation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organisation"].choices = [  # type: ignore[attr-defined]  # a choice field
            (str(organisation.uuid), organisation.name) for organisation in organisations
        ]
