"""Input of the pages about people."""

from django import forms
from django.utils.translation import gettext_lazy as _

from heluo.kernel.pages.forms import PageForm


class RevealForm(PageForm):
    """Why somebody must see an identifier in clear."""

    reason = forms.CharField(
        label=_("事由"),
        max_length=200,
        help_text=_("例如“核对学籍信息”。事由、时间和您的姓名会记入审计，不能删除。"),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
