"""Forms of subject rights: they parse; the actions decide."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from heluo.domains.subject_rights.models import LONGEST_VALUE, LONGEST_WORDS
from heluo.kernel.pages.forms import PageForm


class WordsField(forms.CharField):
    """Some lines of text that are kept with a request."""

    widget = forms.Textarea(attrs={"rows": 3})

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=LONGEST_WORDS, **kwargs)


class CorrectionForm(PageForm):
    """What a fact should be, why, and what proves it."""

    wanted = forms.CharField(label=_("应当是"), max_length=LONGEST_VALUE)
    reason = WordsField(label=_("理由"), help_text=_("写明哪里不对、依据是什么。办理的单位会看到。"))
    evidence = forms.FileField(
        label=_("证明材料"), required=False, help_text=_("图片或 PDF，例如户口簿照片。只给办理的单位看。")
    )


class ErasureForm(PageForm):
    """Which holdings to erase, and why."""

    chosen = forms.MultipleChoiceField(label=_("要删除的内容"), widget=forms.CheckboxSelectMultiple)
    reason = WordsField(label=_("理由"), help_text=_("办理的单位会看到。"))

    def __init__(self, *args: Any, erasable: Sequence[tuple[str, str | Promise]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen = self.fields["chosen"]
        assert isinstance(chosen, forms.MultipleChoiceField)  # noqa: S101  # declared above
        chosen.choices = list(erasable)


class DecisionForm(PageForm):
    """A clerk's answer; which one is said by the button."""

    text = WordsField(label=_("答复"), required=False, help_text=_("申请人会看到。不同意或转送时必须写明理由。"))


class ObjectionForm(PageForm):
    """Why the one who asked does not agree with a refusal."""

    text = WordsField(label=_("异议的理由"), help_text=_("由上级单位复核，只能提一次。"))
