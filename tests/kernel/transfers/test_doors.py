"""What other nodes are given: what they may have, to whoever proves to be one of them, and nothing else."""

from io import BytesIO
from typing import Any

import pytest
from django.test import Client

from heluo.kernel.files.enums import ScanState
from heluo.kernel.files.models import Blob
from heluo.kernel.nodes.actions import end_node
from heluo.kernel.nodes.models import Node, Trouble
from heluo.kernel.transfers import registry
from heluo.kernel.transfers.actions import keep_copy
from heluo.kernel.transfers.vocabulary import had_in
from tests.kernel.nodes.conftest import HERE, NOON, OFFICER, THERE, Key, Other, later
from tests.kernel.transfers.conftest import FETCHER, TEXT, hashed

SHA256 = hashed(TEXT)
ABSENT = "0" * 64
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def allowed(monkeypatch: pytest.MonkeyPatch) -> set[tuple[str, str]]:
    """What is given to whom here: filled by the tests."""
    given: set[tuple[str, str]] = {(SHA256, THERE)}
    monkeypatch.setattr(registry, "_givers", [])
    registry.register_giver(lambda asked, domain: {one for one in asked if (one, domain) in given})
    return given


@pytest.fixture(autouse=True)
def _kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("heluo.kernel.transfers.pages.now", lambda: NOON)
    keep_copy(by=FETCHER, sha256=SHA256, name="教案.txt", content=BytesIO(TEXT), now=NOON)


def asking(other: Other, question: str, told: dict[str, Any], *, key: Key | None = None, **changes: Any) -> str:
    claims = {"iss": other.domain, "aud": HERE, "iat": int(NOON.timestamp()), "asks": question, "body": told}
    return (key or other.key).sign("heluo-asking+jwt", {**claims, **changes})


def which(client: Client, token: str) -> Any:
    return client.post("/nodes/contents/which", token, content_type="application/jose")


def get(client: Client, token: str, sha256: str = SHA256, **headers: str) -> Any:
    return client.get(f"/nodes/contents/{sha256}", headers={"Heluo-Ticket": token, **headers})


def body_of(response: Any) -> bytes:
    return b"".join(response.streaming_content) if response.streaming else response.content


def test_a_node_is_told_which_it_may_have(client: Client, node: Node, other: Other) -> None:
    asked = [ABSENT, SHA256]
    answer = which(client, asking(other, "contents.which", {"sha256s": asked}))
    assert answer.status_code == 200
    assert had_in(asked, answer.json()["has"]) == {SHA256}


def test_what_no_giver_gives_looks_like_what_is_not_there(
    client: Client, node: Node, other: Other, allowed: set[tuple[str, str]]
) -> None:
    allowed.clear()
    answer = which(client, asking(other, "contents.which", {"sha256s": [SHA256]}))
    assert had_in([SHA256], answer.json()["has"]) == set()
    mine = get(client, asking(other, "contents.get", {"sha256": SHA256}))
    absent = get(client, asking(other, "contents.get", {"sha256": ABSENT}), ABSENT)
    assert mine.status_code == absent.status_code == 404


def test_a_content_comes_in_ranges_and_never_as_a_page(client: Client, node: Node, other: Other) -> None:
    ticket = asking(other, "contents.get", {"sha256": SHA256})
    whole = get(client, ticket)
    assert (whole.status_code, body_of(whole)) == (200, TEXT)
    assert whole["Content-Type"] == "application/octet-stream"
    assert whole["Content-Disposition"] == "attachment"
    assert whole["Cache-Control"] == "private, no-store"
    part = get(client, ticket, Range="bytes=10-19")
    assert (part.status_code, body_of(part), part["Content-Range"]) == (206, TEXT[10:20], f"bytes 10-19/{len(TEXT)}")
    kept = get(client, ticket, Range="bytes=10-19", **{"If-Range": part["ETag"]})
    other_content = get(client, ticket, Range="bytes=10-19", **{"If-Range": '"another"'})
    assert (kept.status_code, other_content.status_code) == (206, 200)
    assert get(client, ticket, Range=f"bytes={len(TEXT)}-").status_code == 416


def test_an_infected_content_is_given_to_nobody(client: Client, node: Node, other: Other) -> None:
    Blob.objects.update(scan_state=ScanState.INFECTED)
    assert get(client, asking(other, "contents.get", {"sha256": SHA256})).status_code == 404


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"aud": "another.example"}, "wrong_audience"),
        ({"iat": int(later(minutes=11).timestamp())}, "clock_skewed"),
        ({"iat": int(later(minutes=-11).timestamp())}, "clock_skewed"),
        ({"asks": "contents.get"}, "malformed"),
        ({"key": Key()}, "unknown_key"),
        ({"iss": "stranger.example"}, "unknown_node"),
        ({"body": None}, "malformed"),
    ],
)
def test_whoever_proves_nothing_gets_nothing(
    client: Client, node: Node, other: Other, changes: dict[str, Any], fault: str
) -> None:
    key = changes.pop("key", None)
    token = asking(other, "contents.which", {"sha256s": [SHA256]}, key=key, **changes)
    answer = which(client, token)
    assert (answer.status_code, answer.json()["code"]) == (400 if fault == "malformed" else 403, fault)
    assert Trouble.objects.get().fault == fault


def test_a_ticket_is_for_one_content_and_one_purpose(client: Client, node: Node, other: Other) -> None:
    for token in (
        asking(other, "contents.get", {"sha256": ABSENT}),
        asking(other, "contents.which", {"sha256": SHA256}),
        asking(other, "contents.get", {}),
        other.message(),
        "",
    ):
        assert get(client, token).status_code == 404


def test_a_node_that_was_ended_gets_nothing(client: Client, node: Node, other: Other) -> None:
    end_node(by=OFFICER, node=node, now=NOON)
    assert get(client, asking(other, "contents.get", {"sha256": SHA256})).status_code == 404
    assert which(client, asking(other, "contents.which", {"sha256s": [SHA256]})).status_code == 403


def test_a_question_that_is_none_is_refused(client: Client, node: Node, other: Other) -> None:
    for asked in ("all", ["x"], [SHA256] * 1001, None):
        assert which(client, asking(other, "contents.which", {"sha256s": asked})).status_code == 400
    assert which(client, "x" * 200_000).status_code == 413
    assert client.get("/nodes/contents/which").status_code == 401
    assert client.post(f"/nodes/contents/{SHA256}").status_code == 404
