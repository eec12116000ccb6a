"""Forms of the catalogue: they parse; the actions decide."""

import re

from django import forms
from django.http import QueryDict
from django.urls import NoReverseMatch
from django.utils.translation import gettext_lazy as _

from heluo.engines.catalogue.registry import facets as known_facets
from heluo.engines.catalogue.registry import known_kinds
from heluo.kernel.actors.public import list_of
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


MOST_VALUES = 50


class SearchForm(PageForm):
    """A question as the address of its list asks it."""

    kind = forms.CharField(max_length=40)
    asked = forms.CharField(max_length=2000, required=False)

    def clean_kind(self) -> str:
        kind = str(self.cleaned_data["kind"])
        try:
            list_of(kind if kind in known_kinds() else "")
        except (StopIteration, NoReverseMatch):
            raise forms.ValidationError(_("未登记的内容类型。")) from None
        return kind

    def question(self) -> tuple[str, dict[str, list[str]]]:
        """The words, and the values of each facet."""
        asked = QueryDict(self.cleaned_data["asked"])
        facets = {facet.key: asked.getlist(facet.key)[:MOST_VALUES] for facet in known_facets() if facet.key in asked}
        return asked.get("q", ""), facets
