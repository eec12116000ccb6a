"""Forms of the house: one look for every Django form, and refusals shown beside the field they are about.

form = DraftForm(request.POST)
if form.is_valid():
    with form.refusals():
        draft = create_draft(by=request.actor, title=form.cleaned_data["title"], now=now())
        return redirect(draft)
return form_page(request, "resources/draft_form.html", form)
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import ClassVar

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


class PageForm(forms.Form):
    """A form of a page. `groups` names its parts in order: `((title, (field, …)), …)`; without it, one part.

    `needed_later` names fields that a draft may leave empty and that must be filled before it is submitted.
    """

    groups: ClassVar[Sequence[tuple[str | Promise, Sequence[str]]]] = ()
    needed_later: ClassVar[Collection[str]] = ()

    @contextmanager
    def refusals(self) -> Iterator[None]:
        """Put a refusal of the action beside the field it names, or on top; the form is then invalid."""
        try:
            yield
        except WHOLE_PAGE_REFUSALS:
            raise
        except Refusal as refusal:
            self.add_error(refusal.field if refusal.field in self.fields else None, str(refusal))

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
