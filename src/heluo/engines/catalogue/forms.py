"""Forms of the catalogue: they parse; the actions decide."""

import re

from django import forms
from django.utils.translation import gettext_lazy as _

from heluo.kernel.pages.forms import PageForm

BETWEEN_WORDS = re.compile(r"[、，,;；\t]+")


class SynonymsForm(PageForm):
    """Sets of synonyms, one in each line."""

    sets = forms.CharField(
        label=_("同义词"),
        required=False,
        max_length=200_000,
        widget=forms.Textarea(attrs={"rows": 16}),
        help_text=_("每行一组，用顿号隔开，例如“课件、演示文稿、PPT”。搜其中一个，也会找到写着其他几个的内容。"),
    )

    def lines(self) -> list[list[str]]:
        """The words of each line, also of empty ones, so that a line keeps its number."""
        return [BETWEEN_WORDS.split(line) for line in self.cleaned_data["sets"].splitlines()]
