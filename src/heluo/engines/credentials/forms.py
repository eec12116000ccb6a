"""What somebody hands in to be verified."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from heluo.engines.credentials.reading import MOST_PDF, MOST_TEXT
from heluo.kernel.pages.forms import PageForm


class VerifyForm(PageForm):
    text = forms.CharField(
        label=_("证书的内容"),
        help_text=_("JSON 或 JWT，整段粘贴。"),
        required=False,
        max_length=MOST_TEXT,
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false"}),
    )
    file = forms.FileField(
        label=_("或者上传文件"), help_text=_("JSON、JWT，或嵌有证书的 PDF。"), required=False, max_length=200
    )
    issuer = forms.FileField(
        label=_("颁发者的公钥文件"),
        help_text=_("证书由别的平台颁发时，放上它公布的公钥文件（controller document）。本平台不从网上取。"),
        required=False,
        max_length=200,
    )

    def clean(self) -> dict[str, Any]:
        """One of the two is there, and neither file is larger than what could be a credential."""
        data = super().clean() or self.cleaned_data
        if not data.get("text") and not data.get("file"):
            self.add_error("text", _("请粘贴证书的内容，或上传文件。"))
        for name in ("file", "issuer"):
            given = data.get(name)
            if given and given.size > MOST_PDF:
                self.add_error(name, _("文件超过 10 MB，不是证书。"))
        return data
