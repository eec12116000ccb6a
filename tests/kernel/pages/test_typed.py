"""A page that was sent a form and leads on tells the browser that the form did its work."""

from uuid import uuid4

import pytest
from django.http import HttpResponse, HttpResponseRedirect
from django.test import RequestFactory

from heluo.kernel.actors.enums import Audience
from heluo.kernel.pages.rules import TYPED, TYPED_DONE, PageRequest, writes

MARK = str(uuid4())


@writes(may=Audience.PUBLIC)
def page(request: PageRequest) -> HttpResponse:
    return HttpResponse(status=422) if "wrong" in request.POST else HttpResponseRedirect("/")


@pytest.mark.parametrize(
    ("sent", "told"),
    [
        ({TYPED: MARK}, True),
        ({TYPED: MARK, "wrong": "1"}, False),
        ({}, False),
        ({TYPED: "a;b"}, False),
        ({TYPED: MARK + MARK}, False),
    ],
)
def test_only_what_led_on_is_done(rf: RequestFactory, sent: dict[str, str], *, told: bool) -> None:
    cookies = page(rf.post("/", sent)).cookies  # type: ignore[arg-type]  # the middleware's part is not needed
    assert (TYPED_DONE in cookies) is told
    if told:
        assert cookies[TYPED_DONE].value == MARK
