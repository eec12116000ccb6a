"""Forms of the house: one look for every Django form, and refusals shown beside the field they are about.

form = DraftForm(request.POST)
if form.is_valid():
    with form.refusals():
        draft = create_draft(by=request.actor, title=form.cleaned_data["title"], now=now())
        return redirect(draft)
return form_page(request, "resources/draft_form.html", form)
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, ClassVar

from django import forms
from django.forms import BoundField
from django.forms.renderers import TemplatesSetting
from django.http import HttpRequest, HttpResponse
from django.utils.functional import Promise

from heluo.kernel.actors.errors import NotAllowed, NotFound, Refusal, SignInNeeded
from heluo.kernel.pages.fragments import page_response

UNPROCESSABLE = 422
WHOLE_PAGE_REFUSALS = (NotAllowed, NotFound, SignInNeeded)
"""Refusals about the page, not about what was typed: they pass through to the error page."""


class HouseRenderer(TemplatesSetting):
    """Renders every form, ours and others', with the templates in `pages/forms/`. Set as `FORM_RENDERER`."""

    form_template_name = "pages/forms/form.html"
    field_template_name = "pages/forms/field.html"


class DayInput(forms.DateInput):
    """A date with the browser's own calendar."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class PageForm(forms.Form):
    """A form of a page. `groups` names its parts in order: `((title, (field, …)), …)`; without it, one part.

    `needed_later` names fields that a draft may leave empty and that must be filled before it is submitted;
    `needed_there`, those that must be filled where they are shown.
    """

    groups: ClassVar[Sequence[tuple[str | Promise, Sequence[str]]]] = ()
    needed_later: ClassVar[Collection[str]] = ()
    needed_there: Collection[str] = ()

    @contextmanager
    def refusals(self, otherwise: str | None = None) -> Iterator[None]:
        """Put a refusal of the action beside the field it names, else the given one, or on top; the form is invalid."""
        try:
            yield
        except WHOLE_PAGE_REFUSALS:
            raise
        except Refusal as refusal:
            self.add_error(refusal.field if refusal.field in self.fields else otherwise, str(refusal))

    @property
    def keeps_typed(self) -> bool:
        """Whether the browser keeps what is typed until it was sent: forms with a text long enough to be missed."""
        return any(isinstance(field.widget, forms.Textarea) for field in self.fields.values())

    def grouped_fields(self) -> list[tuple[str | Promise, list[BoundField]]]:
        """The visible fields by group, for the template. A field that no group names stands in a last one."""
        named = {name for _, names in self.groups for name in names}
        parts = [(title, [self[name] for name in names if name in self.fields]) for title, names in self.groups]
        rest = [field for field in self.visible_fields() if field.name not in named]
        return [*parts, ("", rest)] if rest else parts


class ChoosingForm(PageForm):
    """A form whose choices are known to the page: `choices` gives them by field."""

    def __init__(self, *args: Any, choices: Mapping[str, Iterable[tuple[str, str | Promise]]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, offered in choices.items():
            self.fields[name].choices = list(offered)  # type: ignore[attr-defined]  # a choice field

    def chosen(self) -> list[tuple[str, str]]:
        """Label and value of every field that was filled in, codes in words; for a page that asks again."""
        said = []
        for name, field in self.fields.items():
            value = self.cleaned_data.get(name)
            if value in (None, "", []):
                continue
            words = dict(getattr(field, "choices", ()))
            values = value if isinstance(value, list) else [value]
            said.append((str(field.label), "、".join(str(words.get(str(one), one)) for one in values)))
        return said


def form_page(
    request: HttpRequest,
    template: str,
    form: forms.BaseForm,
    context: Mapping[str, object] | None = None,
    *,
    fragments: Sequence[str] = (),
) -> HttpResponse:
    """The page with its form: 200 when asked for, 422 when it was sent and something in it is wrong."""
    status = UNPROCESSABLE if form.is_bound and form.errors else 200
    return page_response(request, template, {"form": form, **(context or {})}, fragments=fragments, status=status)
