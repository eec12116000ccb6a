"""What a page may do to the database, by its rule and the method it is asked with."""

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import RequestFactory

from heluo.kernel.actors.enums import Audience
from heluo.kernel.pages.rules import PageRequest, WroteOnAReadPage, reads, writes

pytestmark = pytest.mark.django_db


def touch(request: PageRequest) -> HttpResponse:
    """A page that writes, whatever it is asked with."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE events_horizon SET released = released")
    return HttpResponse()


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_page_that_reads_cannot_write_by_any_method(method: str) -> None:
    page = reads(may=Audience.PUBLIC, methods=("POST",))(touch)
    with pytest.raises(WroteOnAReadPage):
        page(RequestFactory().generic(method, "/"))  # type: ignore[arg-type]  # no middleware needed


def test_a_page_that_writes_does_so_by_post_alone() -> None:
    page = writes(may=Audience.PUBLIC)(touch)
    assert page(RequestFactory().post("/")).status_code == 200  # type: ignore[arg-type]
    with pytest.raises(WroteOnAReadPage):
        page(RequestFactory().get("/"))  # type: ignore[arg-type]


@pytest.mark.parametrize(("methods", "status"), [((), 405), (("POST",), 200)])
def test_a_page_that_reads_is_asked_by_post_only_where_it_says_so(methods: tuple[str, ...], status: int) -> None:
    page = reads(may=Audience.PUBLIC, methods=methods)(lambda _request: HttpResponse())
    assert page(RequestFactory().post("/")).status_code == status  # type: ignore[arg-type]
    assert page(RequestFactory().put("/")).status_code == 405  # type: ignore[arg-type]
