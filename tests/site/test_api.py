"""The API as a whole: every refusal is a problem document, nothing is open that does not say so."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from enum import Enum
from typing import get_args

import pytest
from django.test import Client
from ninja import Schema
from pytest_django import Settings

from heluo.kernel.access import middleware
from heluo.kernel.access.public import issue_token
from heluo.kernel.actors.public import platform_actor
from heluo.kernel.pages.rules import WroteOnAReadPage
from heluo.kernel.people.models import Account
from heluo.site.api import API, PREFIX

PROBLEM = "application/problem+json"
ME = f"/{PREFIX}me"


def test_every_operation_says_who_may_call_it() -> None:
    silent = [where for where, _view, operation in API.operations() if not hasattr(operation.view_func, "rule")]
    assert not silent


def test_no_two_parts_of_the_document_bear_one_name() -> None:
    """Components are told apart by the name of their class alone: a second one would take the place of the first."""
    known: dict[str, type] = {}
    for one in (*_below(Schema), *_choices_in(_below(Schema))):
        if one.__module__.startswith("heluo."):
            assert known.setdefault(one.__name__, one) is one, f"{one.__module__} and {known[one.__name__].__module__}"
    assert known


def _below(base: type) -> set[type]:
    found = set(base.__subclasses__())
    return found.union(*(_below(one) for one in found))


def _choices_in(schemas: Iterable[type]) -> set[type]:
    """Enums that fields of schemas hold, however deep in their annotations."""
    waiting: list[object] = [
        field.annotation for one in schemas if issubclass(one, Schema) for field in one.model_fields.values()
    ]
    found: set[type] = set()
    while waiting:
        kind = waiting.pop()
        waiting += get_args(kind)
        if isinstance(kind, type) and issubclass(kind, Enum):
            found.add(kind)
    return found


def test_strangers_get_a_problem_in_chinese_and_in_english(client: Client, db: None) -> None:
    answer = client.get(ME)
    assert (answer.status_code, answer["Content-Type"]) == (401, PROBLEM)
    assert answer.json()["detail"] == "请先登录。"


@pytest.mark.parametrize("where", ["/api/", "/api/v1/", "/api/v1/nothing-here", "/api/v2/me"])
def test_unknown_addresses_are_problems_too(client: Client, db: None, where: str) -> None:
    for answer in (client.get(where), client.post(where, {})):
        assert (answer.status_code, answer["Content-Type"]) == (404, PROBLEM)


def test_a_method_nobody_offers(client: Client, db: None) -> None:
    answer = client.delete(ME)
    assert (answer.status_code, answer["Content-Type"], answer["Allow"]) == (405, PROBLEM, "GET")


def test_the_description_is_open_and_names_no_script_from_elsewhere(client: Client, db: None) -> None:
    document = client.get(f"/{PREFIX}openapi.json").json()
    assert ME in document["paths"]
    assert document["paths"][ME]["get"]["responses"]["default"]["content"].keys() == {PROBLEM}
    assert client.get(f"/{PREFIX}docs").status_code == 404


def test_too_many_requests_are_told_when_to_come_back(
    client: Client, db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(middleware, "KNOCKS_PER_MINUTE", 3)
    answers = [client.get(ME) for _knock in range(4)]
    assert [answer.status_code for answer in answers] == [401, 401, 401, 429]
    assert answers[-1]["Content-Type"] == PROBLEM
    assert 0 < int(answers[-1]["Retry-After"]) <= 60


JSON = "application/json"
GOOD = {"title": "认识黄河", "stars": 3, "level": "a"}


@pytest.fixture
def _sample(settings: Settings, db: None) -> None:
    settings.ROOT_URLCONF = "tests.site.sample_api"


@pytest.mark.usefixtures("_sample")
class TestInput:
    """What may be sent, on a sample operation without rights of its own."""

    def send(self, client: Client, body: object, content_type: str = JSON):  # type: ignore[no-untyped-def]
        return client.post("/api/v1/things", body, content_type=content_type)

    def test_good_input_passes(self, client: Client) -> None:
        answer = self.send(client, GOOD)
        assert (answer.status_code, answer.json()) == (200, GOOD)

    def test_each_fault_is_named_with_its_place_and_a_sentence(self, client: Client) -> None:
        answer = self.send(client, {"title": "", "stars": 9, "level": "z"})
        assert (answer.status_code, answer["Content-Type"]) == (422, PROBLEM)
        assert {(error["field"], error["detail"]) for error in answer.json()["errors"]} == {
            ("body.thing.title", "太短，至少 1 个字。"),
            ("body.thing.stars", "不能大于 5。"),
            ("body.thing.level", "只能是：'a' or 'b'。"),
        }

    def test_one_fault_is_the_field_of_the_problem(self, client: Client) -> None:
        answer = self.send(client, {"title": "x", "level": "a"})
        assert answer.json()["field"] == "body.thing.stars"
        assert answer.json()["errors"][0]["detail"] == "缺少这一项。"

    @pytest.mark.parametrize(
        "body",
        ["{", "nothing", '{"title": NaN}', '{"title": "a\\u0000b"}', '{"title": "\\ud800"}', "[" * 100_000, b"\xff"],
    )
    def test_what_is_not_json_or_cannot_be_kept(self, client: Client, body: str | bytes) -> None:
        answer = self.send(client, body)
        assert (answer.status_code, answer.json()["code"]) == (400, "unreadable")

    def test_another_kind_of_content(self, client: Client) -> None:
        answer = self.send(client, "title=x", "application/x-www-form-urlencoded")
        assert (answer.status_code, answer.json()["code"]) == (415, "not_json")

    def test_too_much(self, client: Client, settings: Settings) -> None:
        settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1024
        answer = self.send(client, {**GOOD, "title": "长" * 2000})
        assert (answer.status_code, answer.json()["code"]) == (413, "too_large")

    def test_an_operation_without_a_rule_is_closed(self, client: Client) -> None:
        assert client.get("/api/v1/silent").status_code == 404

    def test_a_get_cannot_write(self, client: Client) -> None:
        with pytest.raises(WroteOnAReadPage):
            client.get("/api/v1/sneaky")


def test_a_session_needs_the_page_secret_to_write_and_a_token_does_not(settings: Settings, teacher: Account) -> None:
    settings.ROOT_URLCONF = "tests.site.sample_api"
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(teacher)
    refused = browser.post("/api/v1/mine", GOOD, content_type=JSON)
    assert (refused.status_code, refused.json()["code"]) == (403, "cross_site_request")
    issued = issue_token(
        by=platform_actor("test", ()), account=teacher, label="x", lifetime=timedelta(days=1), now=datetime.now(UTC)
    )
    program = Client(enforce_csrf_checks=True)
    answer = program.post("/api/v1/mine", GOOD, content_type=JSON, headers={"Authorization": f"Bearer {issued.secret}"})
    assert answer.status_code == 200


def test_a_failure_of_ours_is_a_problem_too(settings: Settings, db: None) -> None:
    settings.ROOT_URLCONF = "tests.site.sample_api"
    answer = Client(raise_request_exception=False).get("/api/v1/broken")
    assert (answer.status_code, answer["Content-Type"], answer.json()["code"]) == (500, PROBLEM, "failed")


def test_a_server_that_knows_no_address_still_answers(client: Client, db: None) -> None:
    assert client.get(ME, REMOTE_ADDR="").status_code == 401
