"""Public pages are kept for strangers, and nothing that belongs to one reader is kept with them."""

import re

import pytest
from django.core.cache import caches
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

pytestmark = pytest.mark.django_db
TOKEN = re.compile(rb'name="csrfmiddlewaretoken" value="([^"]+)"')


@pytest.fixture(autouse=True)
def _keeping(settings: Settings) -> None:
    """A platform that keeps its pages, and has none yet."""
    caches["pages"].clear()
    settings.ENVIRONMENT = settings.ENVIRONMENT.model_copy(update={"keep_public_pages": 60})


def statements(client: Client, path: str, **headers: str) -> tuple[int, bytes]:
    with CaptureQueriesContext(connection) as captured:
        answer = client.get(path, headers=headers)
    assert answer.status_code == 200, path
    return len(captured), answer.content


def test_the_second_stranger_costs_the_database_nothing() -> None:
    first, page = statements(Client(), "/resources/")
    second, same = statements(Client(), "/resources/")
    assert first > 0
    assert second == 0
    assert TOKEN.sub(b"", same) == TOKEN.sub(b"", page)


def test_each_reader_gets_a_token_that_works_for_them_alone() -> None:
    Client().get("/")
    one, other = (Client(enforce_csrf_checks=True) for _ in range(2))
    tokens = [TOKEN.search(browser.get("/").content)[1].decode() for browser in (one, other)]  # type: ignore[index]
    assert tokens[0] != tokens[1]
    sent = {"language": "en", "next": "/"}
    assert one.post("/language/", sent | {"csrfmiddlewaretoken": tokens[1]}).status_code == 403
    assert one.post("/language/", sent | {"csrfmiddlewaretoken": tokens[0]}).status_code == 302


def test_a_page_is_kept_for_its_question_alone() -> None:
    statements(Client(), "/resources/")
    assert statements(Client(), "/resources/?q=分数")[0] > 0
    assert "资源".encode() not in TOKEN.sub(b"", statements(Client(), "/resources/", accept_language="en")[1])
    browser = Client()
    browser.cookies["theme"] = "dark"
    assert b'data-theme="dark"' in statements(browser, "/resources/")[1]
    assert b'data-theme="dark"' not in statements(Client(), "/resources/")[1]


def test_who_is_signed_in_neither_gets_nor_leaves_a_kept_page(signed_in: Client) -> None:
    known, name = signed_in, "测试teacher1".encode()
    assert name in statements(known, "/")[1]
    asked, page = statements(Client(), "/")
    assert asked > 0
    assert name not in page
    assert name in statements(known, "/")[1]


@pytest.mark.parametrize("path", ["/accounts/login/", "/healthz", "/resources/nothing/", "/workbench/"])
def test_forms_machines_refusals_and_closed_pages_are_never_kept(path: str) -> None:
    Client().get(path)
    assert not caches["pages"]._cache  # type: ignore[attr-defined]  # only the local cache can be looked into


def test_an_answer_says_how_old_it_is_and_what_it_varies_by() -> None:
    fresh, kept = (Client().get("/resources/") for _ in range(2))
    assert "Age" not in fresh.headers
    assert kept.headers["Age"] == "0"
    assert "Cookie" in kept.headers["Vary"]
    assert kept.headers["Content-Security-Policy"] == fresh.headers["Content-Security-Policy"]
