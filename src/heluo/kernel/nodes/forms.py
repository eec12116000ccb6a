"""Forms of the pages about nodes."""

from django import forms
from django.utils.translation import gettext_lazy as _

from heluo.kernel.pages.forms import PageForm


class RefusalForm(PageForm):
    """Why a node is not let in."""

    reason = forms.CharField(
        label=_("不批准的原因"),
        max_length=500,
        help_text=_("申请的节点会看到。"),
        widget=forms.Textarea(attrs={"rows": 2}),
    )
