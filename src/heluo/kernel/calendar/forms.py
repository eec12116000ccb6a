"""Forms of the calendar: they parse; the actions decide."""

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from heluo.kernel.calendar.enums import DayKind
from heluo.kernel.calendar.tables import text_of_file
from heluo.kernel.clock.models import LONGEST_DAY_NAME
from heluo.kernel.pages.forms import DayInput, PageForm

LARGEST = 256 * 1024
LONGEST_SOURCE = 200
AS_ITS_WEEKDAY = ("", pgettext_lazy("day", "按星期（周一至周五上班）"))


class SourceField(forms.CharField):
    """Why the calendar is as it is."""

    widget = forms.Textarea(attrs={"rows": 2})

    def __init__(self) -> None:
        help_text = _("例如通知的名称和文号，或更正的原因。会记入审计。")
        super().__init__(label=_("依据或原因"), max_length=LONGEST_SOURCE, help_text=help_text)


class DayForm(PageForm):
    """One day."""

    day = forms.DateField(label=_("日期"), widget=DayInput())
    kind = forms.ChoiceField(
        label=_("这一天"), required=False, choices=[*DayKind.choices, AS_ITS_WEEKDAY], widget=forms.RadioSelect
    )
    name = forms.CharField(
        label=_("名称"), required=False, max_length=LONGEST_DAY_NAME, help_text=_("放假和补班要写，例如节日名称。")
    )
    source = SourceField()

    def kind_given(self) -> DayKind | None:
        return DayKind(self.cleaned_data["kind"]) if self.cleaned_data["kind"] else None


class UploadForm(PageForm):
    """A year from a file."""

    file = forms.FileField(
        label=_("年历表格"),
        help_text=_("CSV 文件，三列：日期、类别（放假或补班）、名称。上传后先核对，不会立即生效。"),
        widget=forms.FileInput(attrs={"accept": ".csv,text/csv"}),
    )
    source = SourceField()

    def clean_file(self) -> str:
        """The text of the file."""
        uploaded: UploadedFile[bytes] = self.cleaned_data["file"]
        if uploaded.size is not None and uploaded.size > LARGEST:
            raise forms.ValidationError(_("文件太大。一年的表格不会超过 256 KB。"))
        text = text_of_file(uploaded.read())
        if text is None:
            raise forms.ValidationError(_("这不是 CSV 文件。请在表格软件中另存为 CSV 后上传。"))
        return text


class ConfirmForm(PageForm):
    """What was checked, sent back as it was seen."""

    table = forms.CharField(widget=forms.HiddenInput, max_length=LARGEST)
    source = forms.CharField(widget=forms.HiddenInput, max_length=LONGEST_SOURCE)
    seen = forms.CharField(widget=forms.HiddenInput, max_length=64)
