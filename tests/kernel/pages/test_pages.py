"""The style guide shows every kind, a stranger sees none of it, and every part equals its part of the page."""

import re

import pytest
from django.core.exceptions import BadRequest
from django.db import InterfaceError, OperationalError, connection
from django.http import HttpRequest
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from heluo.kernel.actors.public import house_apps
from heluo.kernel.pages import pages
from heluo.kernel.pages.styleguide import KINDS
from tests.kernel.pages.fragments import assert_fragment_equals_part

UNFINISHED = re.compile(r"{[{%]|%\(\w+\)s|\bNone\b")


@pytest.mark.parametrize("kind", KINDS)
def test_every_page_kind_has_a_sample(operator: Client, kind: str) -> None:
    response = operator.get(reverse("pages:styleguide_sample", args=[kind]))
    assert response.status_code == (422 if kind == "form-errors" else 200)
    assert not UNFINISHED.search(re.sub(r"<script.*?</script>", "", response.text, flags=re.S))
    assert len(re.findall("<h1", response.text)) == 1


def test_all_components_stand_on_one_page(operator: Client) -> None:
    response = operator.get(reverse("pages:styleguide"))
    assert response.status_code == 200
    assert not UNFINISHED.search(response.text)
    assert "style=" not in response.text
    assert not re.search(r"\son\w+=", response.text)


def test_a_stranger_sees_no_style_guide(client: Client, signed_in: Client) -> None:
    assert signed_in.get(reverse("pages:styleguide")).status_code == 403
    assert Client().get(reverse("pages:styleguide")).status_code == 302


def test_an_unknown_kind_is_not_found(operator: Client) -> None:
    assert operator.get(reverse("pages:styleguide_sample", args=["nothing"])).status_code == 404


def test_the_listing_alone_equals_its_part_of_the_page(operator: Client) -> None:
    assert_fragment_equals_part(operator, reverse("pages:styleguide_sample", args=["list"]), "listing")


def test_a_part_nobody_offers_is_answered_with_the_page(operator: Client) -> None:
    url = reverse("pages:styleguide_sample", args=["list"])
    assert "<html" in operator.get(url, headers={"HX-Request": "true", "HX-Target": "main"}).text


def test_going_back_gets_the_whole_page(operator: Client) -> None:
    url = reverse("pages:styleguide_sample", args=["list"])
    asked = {"HX-Request": "true", "HX-Target": "listing", "HX-History-Restore-Request": "true"}
    assert "<html" in operator.get(url, headers=asked).text


def test_the_shell_asks_the_database_nothing_for_the_public(client: Client, db: None) -> None:
    with CaptureQueriesContext(connection) as queries:
        assert client.get(reverse("pages:offline")).status_code == 200
    assert [query["sql"] for query in queries] == []


def test_not_found_speaks_both_languages(client: Client, db: None) -> None:
    response = client.get("/nothing-here/")
    assert response.status_code == 404
    assert "没有找到您要的内容" in response.text
    assert 'lang="en"' in response.text


def test_a_lost_part_is_a_notice_at_the_top(client: Client, db: None) -> None:
    response = client.get("/nothing-here/", headers={"HX-Request": "true", "HX-Target": "listing"})
    assert response.status_code == 404
    assert response["HX-Retarget"] == "#messages"
    assert "<html" not in response.text


def test_an_expired_form_says_what_to_do(db: None) -> None:
    response = Client(enforce_csrf_checks=True).post("/accounts/login/", {"login": "a", "password": "b"})
    assert response.status_code == 403
    assert "刷新后重新提交" in response.text


def test_a_broken_page_shows_the_number_for_the_logs() -> None:
    request = RequestFactory().get("/")
    request.id = "f00d"  # type: ignore[attr-defined]  # put by the request log
    response = pages.server_error(request)
    assert response.status_code == 500
    assert "f00d" in response.text


@pytest.mark.parametrize(("path", "said"), [("/", "暂时不可用"), ("/api/v1/me", "database_away")])
@pytest.mark.parametrize("kind", [OperationalError, InterfaceError])
def test_a_database_that_is_away_is_no_fault_of_the_page(path: str, said: str, kind: type[Exception]) -> None:
    request = RequestFactory().get(path)
    request.id = "f00d"  # type: ignore[attr-defined]  # put by the request log
    try:
        raise kind("server closed the connection unexpectedly")
    except kind:
        response = pages.server_error(request)
    assert (response.status_code, response["Retry-After"]) == (503, "10")
    assert said in response.text
    assert "f00d" in response.text


def test_bad_requests_and_closed_doors_are_pages_too(rf: RequestFactory) -> None:
    request: HttpRequest = rf.get("/")
    assert pages.bad_request(request, BadRequest()).status_code == 400
    assert pages.permission_denied(request, PermissionError()).status_code == 403


def test_the_installed_app_has_its_parts(client: Client, db: None) -> None:
    manifest = client.get(reverse("pages:manifest"))
    assert manifest["Content-Type"] == "application/manifest+json"
    assert manifest.json()["start_url"] == "/"
    worker = client.get(reverse("pages:service_worker"))
    assert worker.status_code in {200, 404}, "404 while the front end is not built"


def test_every_navigation_entry_leads_somewhere() -> None:
    for config in house_apps():
        for entry in config.manifest.navigation:
            assert reverse(entry.route)
