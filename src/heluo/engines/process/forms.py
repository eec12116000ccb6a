"""The form of a step, made of its JSON Schema."""

from collections.abc import Callable
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from heluo.engines.process.enums import Repair
from heluo.engines.process.vocabulary import Answer, Form, called
from heluo.kernel.pages.forms import ChoosingForm, DayInput, PageForm


class StepForm(PageForm):
    """The fields of a step; `answers` gives what was said, as its schema takes it."""

    def __init__(self, form: Form, data: Any = None) -> None:
        super().__init__(data)
        self.form = form
        self.needed_there = [name for name in form.properties if form.only_with(name)]
        for name, answer in form.properties.items():
            self.fields[name] = FIELDS[answer.type](answer, name in form.required)
            if titles := form.titles_of(name):
                field = self.fields[name]
                assert isinstance(field, forms.ChoiceField)  # noqa: S101  # what can be chosen has titles
                field.choices = [(value, called(title)) for value, title in titles.items()]
            for asked, value in form.only_with(name).items():
                self.fields[name].widget.attrs["data-when"] = f"{asked}={value}"

    def answers(self) -> dict[str, object]:
        """What was filled in; an empty field says nothing, nor does one that belongs to another answer."""
        given = self.cleaned_data
        said = {
            name: value
            for name, value in given.items()
            if value not in (None, "", [])
            and all(given.get(asked) == wanted for asked, wanted in self.form.only_with(name).items())
        }
        return {name: value.isoformat() if isinstance(value, date) else value for name, value in said.items()}


def _common(answer: Answer, *, required: bool) -> dict[str, Any]:
    return {"label": called(answer.title), "help_text": called(answer.description), "required": required}


def _text(answer: Answer, required: bool) -> forms.Field:  # one signature for all of `FIELDS`
    common = _common(answer, required=required)
    if answer.enum is not None:
        return forms.ChoiceField(widget=forms.RadioSelect, **common)
    if answer.format == "date":
        return forms.DateField(widget=DayInput(), **common)
    widget = forms.Textarea({"rows": 4}) if answer.format == "textarea" else forms.TextInput()
    return forms.CharField(max_length=answer.max_length or 2000, widget=widget, **common)


def _whole(answer: Answer, required: bool) -> forms.Field:  # likewise
    limits = {"min_value": answer.minimum, "max_value": answer.maximum}
    return forms.IntegerField(**limits, **_common(answer, required=required))  # type: ignore[arg-type]  # whole limits


def _number(answer: Answer, required: bool) -> forms.Field:  # likewise
    return forms.FloatField(min_value=answer.minimum, max_value=answer.maximum, **_common(answer, required=required))


def _yes_or_no(answer: Answer, required: bool) -> forms.Field:  # likewise
    del required  # not ticked is an answer
    return forms.BooleanField(**_common(answer, required=False))


def _several(answer: Answer, required: bool) -> forms.Field:  # likewise
    return forms.MultipleChoiceField(widget=forms.CheckboxSelectMultiple, **_common(answer, required=required))


FIELDS: dict[str, Callable[[Answer, bool], forms.Field]] = {
    "string": _text,
    "integer": _whole,
    "number": _number,
    "boolean": _yes_or_no,
    "array": _several,
}


class DelegationForm(ChoosingForm):
    """To whom a step is handed over, and why. `choices` gives `to`."""

    to = forms.ChoiceField(label=_("转交给"))
    text = forms.CharField(label=_("原因"), max_length=500, widget=forms.Textarea({"rows": 3}))


class RepairForm(ChoosingForm):
    """What is done about a process that stands still, and why. `choices` gives `kind` and `target`."""

    kind = forms.ChoiceField(label=_("怎样处理"), widget=forms.RadioSelect)
    target = forms.ChoiceField(label=_("改派到"), widget=forms.Select({"data-when": "kind=reassign"}))
    text = forms.CharField(
        label=_("原因"),
        help_text=_("写入办理记录，看得到这个流程的人都能看到。"),
        max_length=500,
        widget=forms.Textarea({"rows": 3}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["target"].required = not self.is_bound or self.data.get("kind") == Repair.REASSIGN


class CommentForm(PageForm):
    """Something to say in the trail, or why."""

    text = forms.CharField(max_length=500, widget=forms.Textarea({"rows": 3}))

    def __init__(self, data: Any = None, *, label: str) -> None:
        super().__init__(data)
        self.fields["text"].label = label
