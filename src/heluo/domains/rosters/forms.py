"""What people fill in about a batch."""

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from heluo.domains.rosters.enums import Choice
from heluo.kernel.organisations.models import Organisation
from heluo.kernel.pages.forms import PageForm
from heluo.kernel.tables.public import Unreadable, refuse_ole


class UploadForm(PageForm):
    """A file for a place. Where there is one place only, it is not asked for."""

    scope = forms.ModelChoiceField(
        label=_("导入到"),
        queryset=Organisation.objects.none(),
        to_field_name="uuid",
        empty_label=None,
    )
    file = forms.FileField(
        label=_("名册文件"),
        help_text=_("填好的 Excel 模板（.xlsx），或 OneRoster 1.2 数据包（.zip）。上传后先核对，不会立即导入。"),
        widget=forms.FileInput(attrs={"accept": ".xlsx,.zip"}),
        allow_empty_file=True,
    )

    def __init__(self, *args: Any, scopes: QuerySet[Organisation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.only_scope = scopes[0] if len(scopes) == 1 else None
        if self.only_scope is not None:
            del self.fields["scope"]
        else:
            self.fields["scope"].queryset = scopes  # type: ignore[attr-defined]  # a ModelChoiceField

    def clean_file(self) -> "UploadedFile[bytes]":
        """A workbook under a password cannot even be recognised: say so at once."""
        uploaded: UploadedFile[bytes] = self.cleaned_data["file"]
        if uploaded.file is not None:
            try:
                refuse_ole(uploaded.file)
            except Unreadable as refusal:
                raise forms.ValidationError(str(refusal)) from None
        return uploaded

    def scope_given(self) -> Organisation:
        scope: Organisation = self.only_scope or self.cleaned_data["scope"]
        return scope


class ConfirmForm(PageForm):
    """How much to import, said by the button; and why many end, asked where they do."""

    choice = forms.ChoiceField(choices=Choice.choices, widget=forms.HiddenInput)
    endings_reason = forms.CharField(
        label=_("为什么会结束这么多人"),
        max_length=200,
        error_messages={"required": _("请核对名单，并写明事由。")},
        help_text=_("例如：两校区分设，西校区学生转入新校。事由会记入审计。"),
        widget=forms.Textarea(attrs={"rows": "2"}),
    )

    def __init__(self, *args: Any, asks_for_reason: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not asks_for_reason:
            del self.fields["endings_reason"]
