"""What people fill in about a file of the tree."""

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from heluo.domains.textbooks.queries.layout import LAYOUT
from heluo.kernel.pages.forms import PageForm
from heluo.kernel.tables.public import ACCEPTED


class TreeFileForm(PageForm):
    """A file, and how much it tells."""

    file = forms.FileField(
        label=_("目录文件"),
        help_text=_("Excel 工作簿（.xlsx）或 CSV，一行一个节点。上传后先核对，不会立即导入。"),
        widget=forms.FileInput(attrs={"accept": ACCEPTED}),
        allow_empty_file=True,
    )
    is_complete = forms.BooleanField(
        label=_("文件列全了其中各学段学科的教材和知识点"),
        required=False,
        help_text=_(
            "勾选后，这些学段学科里文件没有列出的教材和知识点会停用。不勾选时，只停用所列教材里没有列出的章节。"
        ),
    )

    def clean_file(self) -> "UploadedFile[bytes]":
        uploaded: UploadedFile[bytes] = self.cleaned_data["file"]
        if (uploaded.size or 0) > LAYOUT.most_bytes:
            raise forms.ValidationError(str(LAYOUT.too_large()))
        return uploaded
