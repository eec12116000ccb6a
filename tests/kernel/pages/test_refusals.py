"""A refusal is a page, a notice or a problem document, whichever the asker can read."""

import json

import pytest
from django.http import HttpRequest
from django.test import RequestFactory

from heluo.kernel.actors.errors import Invalid, NotAllowed, NotFound, Refusal, SignInNeeded
from heluo.kernel.pages.middleware import AnswerRefusals


def answered(request: HttpRequest, error: Exception):  # type: ignore[no-untyped-def]
    return AnswerRefusals(lambda _: None).process_exception(request, error)  # type: ignore[arg-type,return-value]


@pytest.mark.parametrize("refusal", [Refusal, NotAllowed, NotFound, Invalid])
def test_people_get_a_page_with_the_sentence(rf: RequestFactory, refusal: type[Refusal]) -> None:
    response = answered(rf.get("/somewhere/"), refusal())
    assert response.status_code == refusal.status
    assert str(refusal()) in response.text
    assert "<h1>" in response.text


def test_programs_get_a_problem_document(rf: RequestFactory) -> None:
    response = answered(rf.get("/api/v1/things"), Invalid(field="title"))
    assert response["Content-Type"] == "application/problem+json"
    body = json.loads(response.content)
    assert (body["status"], body["code"], body["field"]) == (422, "invalid", "title")


def test_strangers_are_led_to_sign_in_and_back(rf: RequestFactory) -> None:
    response = answered(rf.get("/somewhere/?a=1"), SignInNeeded())
    assert response.status_code == 302
    assert "next=/somewhere/%3Fa%3D1" in response["Location"]


def test_a_part_of_a_page_leads_the_whole_page_to_sign_in(rf: RequestFactory) -> None:
    response = answered(rf.get("/somewhere/", headers={"HX-Request": "true"}), SignInNeeded())
    assert response["HX-Redirect"].startswith("/accounts/login/")


def test_a_bug_is_no_refusal(rf: RequestFactory) -> None:
    assert answered(rf.get("/"), ValueError()) is None
