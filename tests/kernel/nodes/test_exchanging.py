"""Envelopes and messages that come: what is taken, once and in order, and what is refused."""

import threading
from typing import Any

import jwt
import pytest
from django.db import connections
from django.test import Client

from heluo.kernel.actors.errors import NotAllowed
from heluo.kernel.actors.public import PUBLIC_ACTOR
from heluo.kernel.nodes.actions import answer_envelope, end_node, forget_messages, retry_message, revoke_key
from heluo.kernel.nodes.enums import Fault, IncomingState
from heluo.kernel.nodes.errors import ExchangeRefused, NotInTrouble
from heluo.kernel.nodes.models import Incoming, Node, Outgoing, Trouble
from heluo.kernel.nodes.outbox import send_message
from heluo.kernel.nodes.vocabulary import MOST_ENVELOPE_BYTES
from tests.kernel.nodes.conftest import HERE, KIND, NOON, OFFICER, THERE, Key, Notes, Other, later, read

EXCHANGE = "/nodes/exchange"


def refused(token: str, **how: Any) -> Fault:
    with pytest.raises(ExchangeRefused) as refusal:
        answer_envelope(token=token, now=how.get("now", NOON))
    return refusal.value.fault


def troubles(node: Node | None) -> dict[str, int]:
    return dict(Trouble.objects.filter(node=node).values_list("fault", "count"))


def test_messages_are_applied_in_order_and_acknowledged(node: Node, other: Other, notes: Notes) -> None:
    answer = other.send(*(other.message() for _number in range(3)))
    assert notes.numbers() == [1, 2, 3]
    assert (answer["ack"], answer["aud"], answer["iss"], answer["standing"]) == (3, THERE, HERE, "active")
    assert [(one.sender, one.kind) for one in notes.taken] == [(THERE, KIND)] * 3
    node.refresh_from_db()
    assert node.contact_at == NOON
    assert not Incoming.objects.exclude(state=IncomingState.APPLIED, body=None).exists()


def test_an_envelope_that_comes_twice_changes_nothing(node: Node, other: Other, notes: Notes) -> None:
    envelope = other.envelope(other.message())
    answer_envelope(token=envelope, now=NOON)
    answer = read(answer_envelope(token=envelope, now=later(minutes=5)))
    assert notes.numbers() == [1]
    assert answer["ack"] == 1
    node.refresh_from_db()
    assert node.contact_at == NOON, "a replay is no contact"
    assert troubles(node) == {}


def test_a_message_that_comes_twice_is_applied_once(node: Node, other: Other, notes: Notes) -> None:
    message = other.message()
    other.send(message)
    other.send(message, other.message())
    assert notes.numbers() == [1, 2]


def test_a_message_waits_for_the_one_before_it(node: Node, other: Other, notes: Notes) -> None:
    first, second = other.message(), other.message()
    assert other.send(second)["ack"] == 0
    assert notes.numbers() == []
    assert other.send(first, second)["ack"] == 2
    assert notes.numbers() == [1, 2]


def test_messages_a_month_old_are_taken(node: Node, other: Other, notes: Notes) -> None:
    message = other.message(now=NOON)
    assert other.send(message, now=later(days=31))["ack"] == 1
    assert notes.taken[0].sent_at == NOON
    assert notes.taken[0].now == later(days=31)


def test_what_is_sent_is_kept_for_a_month_and_gone_once_acknowledged(node: Node, other: Other, notes: Notes) -> None:
    send_message(kind=KIND, to=THERE, body={"number": 7}, by=OFFICER, now=NOON)
    for day in (1, 15, 31):
        [token] = other.send(now=later(days=day))["messages"]
    claims = read(token)
    assert {name: claims[name] for name in ("iss", "aud", "seq", "kind", "body")} == {
        "iss": HERE, "aud": THERE, "seq": 1, "kind": KIND, "body": {"number": 7},
    }  # fmt: skip
    other.received = 1
    assert other.send(now=later(days=31), ack_id=claims["jti"])["messages"] == []
    assert not Outgoing.objects.exists()


def test_an_acknowledgement_of_something_else_lets_nothing_go(node: Node, other: Other, notes: Notes) -> None:
    """We were restored from a backup: the other side has other messages under our numbers. Ours are numbered anew."""
    for number in (1, 2):
        send_message(kind=KIND, to=THERE, body={"number": number}, by=OFFICER, now=NOON)
    other.received = 5
    answer = other.send(ack_id=str(node.pk).zfill(32))
    assert [(read(token)["seq"], read(token)["body"]["number"]) for token in answer["messages"]] == [(6, 1), (7, 2)]
    assert answer["first"] == 6
    assert troubles(node) == {"sequence_reused": 1}


def test_a_sender_restored_from_a_backup_is_noticed(node: Node, other: Other, notes: Notes) -> None:
    other.send(other.message(), other.message())
    other.written = 0
    assert other.send(other.message({"number": 9}))["ack"] == 2
    assert notes.numbers() == [1, 2]
    assert troubles(node) == {"sequence_reused": 1}


def test_what_the_sender_no_longer_holds_is_not_waited_for(node: Node, other: Other, notes: Notes) -> None:
    other.written = 4
    assert other.send(other.message(), first=5)["ack"] == 5
    assert notes.numbers() == [5]
    assert troubles(node) == {"messages_lost": 1}


# -- messages that are not applied ------------------------------------------------------------------------------------


def test_a_refused_message_waits_for_an_officer_and_blocks_nobody(node: Node, other: Other, notes: Notes) -> None:
    notes.refusing = {1}
    assert other.send(other.message(), other.message())["ack"] == 2
    assert notes.numbers() == [2]
    stuck = Incoming.objects.get(state=IncomingState.TROUBLE)
    assert (stuck.reason, stuck.body) == ("这一条不要。", {"number": 1})
    assert not retry_message(by=OFFICER, message=stuck, now=NOON)
    notes.refusing = set()
    assert retry_message(by=OFFICER, message=stuck, now=later(days=1))
    assert notes.numbers() == [2, 1]
    with pytest.raises(NotInTrouble):
        retry_message(by=OFFICER, message=stuck, now=NOON)


def test_a_handler_that_fails_is_trouble_and_no_error_page(
    node: Node, other: Other, notes: Notes, caplog: pytest.LogCaptureFixture
) -> None:
    notes.failing = {1}
    assert other.send(other.message(), other.message())["ack"] == 2
    assert Incoming.objects.get(state=IncomingState.TROUBLE).reason_english.startswith("Applying it failed")
    assert "ZeroDivisionError" in caplog.text


def test_an_unknown_kind_is_trouble(node: Node, other: Other, notes: Notes) -> None:
    other.send(other.message(kind="newer.kind"), other.message())
    assert Incoming.objects.get(state=IncomingState.TROUBLE).kind == "newer.kind"
    assert notes.numbers() == [2]


def test_nobody_retries_without_the_right(node: Node, other: Other, notes: Notes) -> None:
    other.send(other.message(kind="newer.kind"))
    with pytest.raises(NotAllowed):
        retry_message(by=PUBLIC_ACTOR, message=Incoming.objects.get(), now=NOON)


# -- envelopes that are refused ---------------------------------------------------------------------------------------


def test_a_forged_envelope(node: Node, other: Other, notes: Notes) -> None:
    stranger = Key()
    forged = stranger.sign("heluo-envelope+jwt", read(other.envelope(other.message())))
    assert refused(forged) == Fault.UNKNOWN_KEY
    header, _payload, signature = other.envelope().split(".")
    assert refused(f"{header}.{other.envelope(other.message()).split('.')[1]}.{signature}") == Fault.FORGED
    assert notes.taken == []
    assert troubles(node) == {"unknown_key": 1, "forged": 1}


@pytest.mark.parametrize(
    "token",
    ["", "x", "a.b.c", "\0", "é" * 10, "." * 5000, "e30.e30.e30"],
)
def test_what_is_no_envelope(node: Node, token: str) -> None:
    assert refused(token) == Fault.MALFORMED
    assert troubles(None) == {"malformed": 1}


@pytest.mark.parametrize(
    "wrong",
    [
        {"ack": -1},
        {"ack": 2**63},
        {"iat": "yesterday"},
        {"iat": 10**18},
        {"jti": "1"},
        {"messages": "x"},
        {"messages": ["x"] * 101},
        {"standing": "king"},
        {"about": {"name": "\0", "tier": "city", "version": "1", "capabilities": []}},
        {"about": {"name": "\ud800", "tier": "city", "version": "1", "capabilities": []}},
        {"iss": "LUOYANG/../"},
    ],
)
def test_claims_that_cannot_be(node: Node, other: Other, wrong: dict[str, Any]) -> None:
    assert refused(other.envelope(**wrong)) == Fault.MALFORMED


def test_a_message_is_no_envelope_and_an_unsigned_one_is_none_either(node: Node, other: Other) -> None:
    assert refused(other.message()) == Fault.MALFORMED
    claims, header = read(other.envelope()), {"kid": other.key.id, "typ": "heluo-envelope+jwt"}
    assert refused(jwt.encode(claims, None, algorithm="none", headers=header)) == Fault.MALFORMED
    secret = bytes.fromhex(other.key.public)
    assert refused(jwt.encode(claims, secret, algorithm="HS256", headers=header)) == Fault.MALFORMED


def test_an_envelope_for_somebody_else(node: Node, other: Other) -> None:
    assert refused(other.envelope(aud="kaifeng.example")) == Fault.WRONG_AUDIENCE
    assert troubles(node) == {"wrong_audience": 1}


@pytest.mark.parametrize("minutes", [-11, 11])
def test_a_clock_that_is_off(node: Node, other: Other, minutes: int) -> None:
    assert refused(other.envelope(now=later(minutes=minutes))) == Fault.CLOCK_SKEWED
    assert troubles(node) == {"clock_skewed": 1}
    answer_envelope(token=other.envelope(now=later(minutes=minutes * 0.9)), now=NOON)


def test_a_stranger(db: None, other: Other) -> None:
    assert refused(other.envelope()) == Fault.UNKNOWN_NODE
    assert troubles(None) == {"unknown_node": 1}


def test_a_revoked_key(node: Node, other: Other, notes: Notes) -> None:
    revoke_key(by=OFFICER, key=node.keys.get(), now=NOON)
    assert refused(other.envelope(other.message())) == Fault.REVOKED_KEY
    assert troubles(node) == {"revoked_key": 1}
    assert notes.taken == []


def test_a_node_that_was_ended_is_told_and_nothing_taken(node: Node, other: Other, notes: Notes) -> None:
    send_message(kind=KIND, to=THERE, body={}, by=OFFICER, now=NOON)
    end_node(by=OFFICER, node=node, now=NOON)
    answer = other.send(other.message())
    assert (answer["standing"], answer["messages"], answer["ack"]) == ("ended", [], 0)
    assert notes.taken == []
    assert Outgoing.objects.count() == 1, "kept, should the node come back"


@pytest.mark.parametrize(
    ("wrong", "fault"),
    [
        ({"aud": "kaifeng.example"}, "wrong_audience"),
        ({"iss": "kaifeng.example"}, "forged"),
        ({"key": Key()}, "unknown_key"),
        ({"seq": 0}, "malformed"),
        ({"body": {"text": "x" * 64 * 1024}}, "too_large"),
    ],
)
def test_a_message_that_cannot_be_believed_is_not_acknowledged(
    node: Node, other: Other, notes: Notes, wrong: dict[str, Any], fault: str
) -> None:
    assert other.send(other.message(), other.message(**wrong), other.message())["ack"] == 1
    assert notes.numbers() == [1]
    assert troubles(node) == {fault: 1}


# -- at the door ------------------------------------------------------------------------------------------------------


def post(token: str | bytes) -> Any:
    return Client(raise_request_exception=False).post(EXCHANGE, token, content_type="application/jose")


def test_the_door_says_why_in_a_code(node: Node, other: Other, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("heluo.kernel.nodes.pages.now", lambda: NOON)
    taken = post(other.envelope())
    assert (taken.status_code, taken["Content-Type"]) == (200, "application/jose")
    assert read(taken.content.decode())["aud"] == THERE
    for token, status, code in [
        (other.envelope(now=later(minutes=30)), 403, "clock_skewed"),
        (Other().envelope(), 403, "unknown_key"),
        (b"\xff\xfe", 400, "malformed"),
        (b"x" * (MOST_ENVELOPE_BYTES + 1), 413, "too_large"),
    ]:
        answer = post(token)
        assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert troubles(None) == {"malformed": 1, "too_large": 1}


def test_the_door_answers_no_browser(db: None) -> None:
    assert Client().get(EXCHANGE).status_code == 401


# -- at once ----------------------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_of_envelopes_at_the_same_time_each_message_is_applied_once(node: Node, other: Other, notes: Notes) -> None:
    envelope = other.envelope(*(other.message() for _number in range(10)))
    start, answers = threading.Barrier(4), []

    def one_post() -> None:
        start.wait()
        try:
            answers.append(read(answer_envelope(token=envelope, now=NOON))["ack"])
        finally:
            connections.close_all()

    posts = [threading.Thread(target=one_post) for _post in range(4)]
    for one in posts:
        one.start()
    for one in posts:
        one.join()
    assert answers == [10] * 4
    assert notes.numbers() == list(range(1, 11))
    assert Incoming.objects.count() == 10
    assert troubles(node) == {}


def test_what_was_applied_long_ago_is_forgotten_but_for_the_last(node: Node, other: Other, notes: Notes) -> None:
    notes.refusing = {2}
    other.send(*(other.message() for _number in range(4)))
    assert forget_messages(now=later(days=89)) == 0
    assert forget_messages(now=later(days=91)) == 2
    assert list(Incoming.objects.order_by("seq").values_list("seq", flat=True)) == [2, 4]
    answer = other.send(other.message(now=later(days=91)), now=later(days=91))
    assert answer["ack"] == 5
    assert troubles(node) == {}
