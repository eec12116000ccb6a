"""A refusal stands beside the field it is about; what is wrong is summed up on top; names are tied to fields."""

import re

import pytest
from django import forms
from django.http import HttpRequest
from django.test import RequestFactory

from heluo.kernel.actors.errors import Invalid, NotAllowed, NotFound, Refusal, SignInNeeded
from heluo.kernel.pages.forms import PageForm, form_page


class TitleTaken(Refusal):
    message = "已有同名资源“{title}”，请换一个标题。"


class Draft(PageForm):
    groups = (("内容", ("title",)),)
    title = forms.CharField(label="标题", help_text="写清课题。")
    subject = forms.ChoiceField(label="学科", choices=[("a", "语文")], widget=forms.RadioSelect, required=False)
    token = forms.CharField(widget=forms.HiddenInput, required=False)


@pytest.fixture
def request_(rf: RequestFactory) -> HttpRequest:
    return rf.post("/")


def test_a_refusal_stands_beside_its_field() -> None:
    form = Draft({"title": "背影"})
    assert form.is_valid()
    with form.refusals():
        raise TitleTaken(field="title", title="背影")
    assert form.errors["title"] == ["已有同名资源“背影”，请换一个标题。"]


@pytest.mark.parametrize("field", [None, "elsewhere"])
def test_a_refusal_without_a_field_here_stands_on_top(field: str | None) -> None:
    form = Draft({"title": "背影"})
    assert form.is_valid()
    with form.refusals():
        raise Invalid(field=field)
    assert form.non_field_errors() == ["填写的内容有误。"]


@pytest.mark.parametrize("refusal", [NotAllowed, NotFound, SignInNeeded])
def test_refusals_of_the_page_pass_the_form(refusal: type[Refusal]) -> None:
    form = Draft({"title": "背影"})
    assert form.is_valid()
    with pytest.raises(refusal), form.refusals():
        raise refusal


def test_what_is_wrong_is_summed_up_and_tied_to_its_field(request_: HttpRequest) -> None:
    html = str(Draft({"title": ""}))
    assert 'href="#id_title"' in html
    assert 'id="id_title_error"' in html
    assert 'id="id_title_helptext"' in html
    described = re.search(r'<input[^>]*aria-describedby="([^"]*)"', html)
    assert described
    assert set(described[1].split()) == {"id_title_helptext", "id_title_error"}
    assert 'aria-invalid="true"' in html


def test_fields_that_no_group_names_are_not_lost() -> None:
    html = str(Draft())
    assert html.index("<legend>内容") < html.index("标题") < html.index("语文")
    assert 'type="hidden"' in html


def test_a_choice_has_its_question_as_legend() -> None:
    assert re.search(r"<fieldset[^>]*>\s*<legend>学科", str(Draft()))


def test_the_page_of_a_wrong_form_says_so_by_its_status(request_: HttpRequest) -> None:
    assert form_page(request_, "pages/form.html", Draft({"title": ""})).status_code == 422
    assert form_page(request_, "pages/form.html", Draft()).status_code == 200
