"""What machines that watch the platform see: health, figures, and an id for each request."""

import json
import re

import pytest
from django.db import OperationalError, connection
from django.test import Client
from pytest_django import Settings

from heluo.site.environment import Environment
from heluo.site.health import Health, State

pytestmark = pytest.mark.django_db


def test_health_names_each_part(client: Client) -> None:
    told = client.get("/healthz")
    assert set(told.json()) == {"status", "database", "worker", "storage"}
    assert told.json()["database"]["ok"]
    assert told.json()["storage"]["ok"]
    assert told.headers["Cache-Control"] == "no-store"


def test_health_fails_without_a_worker(client: Client) -> None:
    told = client.get("/healthz")
    assert told.status_code == 503
    assert told.json()["status"] == "failing"
    assert not told.json()["worker"]["ok"]


def test_health_answers_without_a_database(client: Client) -> None:
    def away(*arguments: object) -> None:
        raise OperationalError("away")

    with connection.execute_wrapper(away):
        told = client.get("/healthz")
    assert told.status_code == 503
    assert told.json()["database"] == {"ok": False, "detail": "no answer"}
    assert told.json()["storage"]["ok"]


def test_why_a_part_fails_is_not_for_everybody(client: Client) -> None:
    assert client.get("/healthz", REMOTE_ADDR="10.0.0.7").json()["worker"] == {"ok": False}
    assert client.get("/healthz").json()["worker"]["detail"]


def test_all_is_well_only_when_every_part_is() -> None:
    well = State(ok=True)
    assert Health({"database": well, "worker": well, "storage": well}).ok
    assert not Health({"database": well, "worker": State(ok=False), "storage": well}).ok


def test_figures_count_requests_by_route(client: Client) -> None:
    client.get("/healthz")
    figures = client.get("/metrics").content.decode()
    assert re.search(r'heluo_requests_total\{method="GET",route="healthz",status="\d+"\} \d', figures)
    assert 'heluo_part_up{part="database"} 1.0' in figures


@pytest.mark.parametrize(
    ("address", "forwarded", "status"),
    [("127.0.0.1", None, 200), ("::1", None, 200), ("10.0.0.7", None, 403), ("127.0.0.1", "10.0.0.7", 403)],
)
def test_figures_are_for_this_machine(client: Client, address: str, forwarded: str | None, status: int) -> None:
    headers = {"X-Forwarded-For": forwarded} if forwarded else {}
    assert client.get("/metrics", REMOTE_ADDR=address, headers=headers).status_code == status


@pytest.mark.parametrize(("shown", "status"), [("Bearer a-token-of-16-letters", 200), ("Bearer no", 403), ("", 403)])
def test_figures_are_for_whoever_bears_the_token(client: Client, settings: Settings, shown: str, status: int) -> None:
    settings.ENVIRONMENT = Environment(metrics_token="a-token-of-16-letters")
    assert client.get("/metrics", REMOTE_ADDR="10.0.0.7", headers={"Authorization": shown}).status_code == status


def test_a_request_keeps_the_id_it_brought_and_gets_one_otherwise(client: Client) -> None:
    assert client.get("/healthz", headers={"X-Request-ID": "from-the-proxy-1"}).headers["X-Request-ID"] == (
        "from-the-proxy-1"
    )
    assert re.fullmatch("[0-9a-f]{32}", client.get("/healthz").headers["X-Request-ID"])
    assert "\n" not in client.get("/healthz", headers={"X-Request-ID": 'a" x'}).headers["X-Request-ID"]


def test_a_request_is_logged_without_its_query(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level("INFO", logger="heluo.request"):
        client.get("/accounts/login/?next=/people/zhang-san/", headers={"X-Request-ID": "request-0001"})
    record = next(record for record in caplog.records if record.name == "heluo.request")
    assert isinstance(record.msg, dict)
    line = json.dumps(record.msg, default=str)
    assert record.msg["path"] == "/accounts/login/"
    assert record.msg["request_id"] == "request-0001"
    assert "zhang-san" not in line
