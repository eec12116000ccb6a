"""The side that asks: joining a hub, learning what was decided, and what is done when the other side fails."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from heluo.kernel.actors.errors import NotAllowed
from heluo.kernel.actors.public import PUBLIC_ACTOR
from heluo.kernel.nodes.actions import ask_node, claim_due, end_node, join_hub
from heluo.kernel.nodes.enums import Standing
from heluo.kernel.nodes.errors import HubKeyChanged, HubUnreachable, JoinsItself, OtherFingerprint
from heluo.kernel.nodes.jobs import look
from heluo.kernel.nodes.models import Node, Outgoing, Trouble
from heluo.kernel.nodes.outbox import send_message
from heluo.kernel.outward.public import Answer, Unreachable
from heluo.kernel.outward.public import Trouble as Why
from heluo.kernel.signing.public import fingerprint_of
from tests.kernel.nodes.conftest import HERE, KIND, NOON, OFFICER, Notes, Other, later, read

HUB = "https://hub.example"
Answering = Callable[[dict[str, Any]], str]


class Hub(Other):
    """The hub as it answers us; `standing` is what we are to it."""

    standing = "active"
    changes: dict[str, Any]

    def __init__(self) -> None:
        super().__init__(domain="hub.example")
        self.asked: list[dict[str, Any]] = []
        self.queue: list[str] = []
        self.changes = {}
        self.fails: Answer | Why | None = None

    def ask(self, address: str, *, body: bytes, **_how: Any) -> Answer:
        if isinstance(self.fails, Why):
            raise Unreachable(self.fails)
        if self.fails:
            return self.fails
        said = read(body.decode())
        if address == f"{HUB}/nodes/join":
            return self._answer(self.card())
        assert address == f"{HUB}/nodes/exchange"
        self.asked.append(said)
        self.received = max([self.received, *(read(token)["seq"] for token in said["messages"])])
        ids = {read(token)["seq"]: read(token)["jti"] for token in said["messages"]}
        answer = {
            "re": said["jti"],
            "standing": self.standing,
            "ack_id": ids.get(self.received),
            **self.changes,
        }
        return self._answer(self.envelope(*self.queue, **answer))

    def _answer(self, token: str) -> Answer:
        return Answer(status=200, address=HUB, headers={}, body=token.encode())


def failing(code: str, status: int = 403) -> Answer:
    return Answer(status=status, address=HUB, headers={}, body=json.dumps({"code": code}).encode())


@pytest.fixture
def hub(db: None, monkeypatch: pytest.MonkeyPatch) -> Hub:
    made = Hub()
    monkeypatch.setattr("heluo.kernel.nodes.actions.exchanging.ask", made.ask)
    return made


@pytest.fixture
def joined(hub: Hub) -> Node:
    node = join_hub(by=OFFICER, address=f"{HUB}/", now=NOON)
    ask_node(node=node, now=NOON)
    hub.asked.clear()
    return Node.objects.get()


def faults(node: Node) -> dict[str, int]:
    return dict(Trouble.objects.filter(node=node).values_list("fault", "count"))


def test_joining_waits_for_the_other_sides_yes(hub: Hub) -> None:
    hub.standing = "requested"
    node = join_hub(by=OFFICER, address=f"{HUB}/", now=NOON)
    assert (node.domain, node.standing, node.address, node.ask_at) == ("hub.example", "requested", HUB, NOON)
    assert [key.key_id for key in node.keys.all()] == [hub.key.id]
    ask_node(node=node, now=NOON)
    node.refresh_from_db()
    assert (node.standing, node.ask_at) == ("requested", later(minutes=1))
    hub.standing = "active"
    ask_node(node=node, now=later(minutes=1))
    node.refresh_from_db()
    assert (node.standing, node.contact_at, node.name) == ("active", NOON, "洛阳市教育局")
    assert hub.asked[0]["iss"] == HERE


def test_a_refusal_is_learnt_with_its_reason_and_nobody_asks_on(hub: Hub) -> None:
    node = join_hub(by=OFFICER, address=HUB, now=NOON)
    hub.standing, hub.changes = "refused", {"reason": "请先备案"}
    ask_node(node=node, now=NOON)
    node.refresh_from_db()
    assert (node.standing, node.reason, node.ask_at) == (Standing.REFUSED, "请先备案", None)


def test_nobody_joins_without_the_right(hub: Hub) -> None:
    with pytest.raises(NotAllowed):
        join_hub(by=PUBLIC_ACTOR, address=HUB, now=NOON)


def test_the_fingerprint_that_was_told_must_be_the_one_shown(hub: Hub) -> None:
    with pytest.raises(OtherFingerprint):
        join_hub(by=OFFICER, address=HUB, fingerprint="abcd", now=NOON)
    assert not Node.objects.exists()
    shown = fingerprint_of(hub.key.private.public_key())
    assert join_hub(by=OFFICER, address=HUB, fingerprint=shown.upper(), now=NOON).domain == "hub.example"


def test_a_hub_that_cannot_be_reached_or_is_ourselves(hub: Hub) -> None:
    hub.fails = Why.FORBIDDEN
    with pytest.raises(HubUnreachable):
        join_hub(by=OFFICER, address=HUB, now=NOON)
    hub.fails, hub.domain = None, HERE
    with pytest.raises(JoinsItself):
        join_hub(by=OFFICER, address=HUB, now=NOON)


def test_a_hub_with_another_key_is_not_believed_until_it_was_ended_here(hub: Hub, joined: Node) -> None:
    former, hub.key = hub.key, Other().key
    with pytest.raises(HubKeyChanged):
        join_hub(by=OFFICER, address=HUB, now=NOON)
    end_node(by=OFFICER, node=joined, now=NOON)
    join_hub(by=OFFICER, address=HUB, now=NOON)
    assert {key.key_id: key.revoked_at for key in joined.keys.all()} == {former.id: NOON, hub.key.id: None}


def test_messages_go_and_come_in_one_call(hub: Hub, joined: Node, notes: Notes) -> None:
    send_message(kind=KIND, to="hub.example", body={"number": 5}, by=OFFICER, now=NOON)
    hub.queue = [hub.message(), hub.message()]
    ask_node(node=joined, now=NOON)
    assert notes.numbers() == [1, 2]
    assert not Outgoing.objects.exists()
    assert hub.asked[-1]["ack"] == 2, "acknowledged at once, not a minute later"
    assert len(hub.asked) <= 3


def test_a_hub_that_takes_nothing_is_not_asked_for_ever(hub: Hub, joined: Node, notes: Notes) -> None:
    send_message(kind=KIND, to="hub.example", body={"number": 5}, by=OFFICER, now=NOON)
    hub.changes = {"ack": 0, "ack_id": None}
    ask_node(node=joined, now=NOON)
    assert len(hub.asked) == 1
    assert Outgoing.objects.count() == 1


def test_a_hub_that_changes_its_key_is_followed(hub: Hub, joined: Node, notes: Notes) -> None:
    hub.rotate()
    hub.queue = [hub.message()]
    ask_node(node=joined, now=NOON)
    assert notes.numbers() == [1]


@pytest.mark.parametrize(
    ("fails", "fault"),
    [
        (Why.NO_ANSWER, "unreachable"),
        (failing("clock_skewed"), "clock_skewed"),
        (failing("revoked_key"), "revoked_key"),
        (failing("nonsense"), "no_node"),
        (Answer(status=502, address=HUB, headers={}, body=b"<html>"), "no_node"),
        (Answer(status=200, address=HUB, headers={}, body=b"<html>"), "malformed"),
        (Answer(status=200, address=HUB, headers={}, body=b"x" * 2**21), "too_large"),
    ],
)
def test_trouble_is_counted_and_the_pauses_grow(hub: Hub, joined: Node, fails: Answer | Why, fault: str) -> None:
    hub.fails = fails
    at, pauses = NOON, []
    for _time in range(8):
        joined.refresh_from_db()
        ask_node(node=joined, now=at)
        joined.refresh_from_db()
        assert joined.ask_at is not None
        pauses.append((joined.ask_at - at).total_seconds() / 60)
        at = joined.ask_at
    assert pauses == [2, 4, 8, 16, 32, 60, 60, 60]
    assert faults(joined) == {fault: 8}
    hub.fails = None
    ask_node(node=joined, now=NOON)
    joined.refresh_from_db()
    assert (joined.failures, joined.ask_at) == (0, later(minutes=1))


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"re": "00000000-0000-4000-8000-000000000000", "standing": "ended"}, "forged"),
        ({"re": None}, "forged"),
        ({"iss": "kaifeng.example"}, "forged"),
        ({"aud": "kaifeng.example"}, "wrong_audience"),
        ({"iat": int(later(minutes=20).timestamp())}, "clock_skewed"),
    ],
)
def test_an_answer_that_is_not_to_our_question(hub: Hub, joined: Node, changes: dict[str, Any], fault: str) -> None:
    hub.changes = changes
    ask_node(node=joined, now=NOON)
    joined.refresh_from_db()
    assert faults(joined) == {fault: 1}
    assert joined.standing == Standing.ACTIVE


def test_an_answer_of_somebody_else(hub: Hub, joined: Node) -> None:
    hub.key = Other().key
    ask_node(node=joined, now=NOON)
    assert faults(joined) == {"unknown_key": 1}


def test_a_hub_that_ended_us_is_asked_no_more(hub: Hub, joined: Node) -> None:
    hub.standing = "ended"
    ask_node(node=joined, now=NOON)
    joined.refresh_from_db()
    assert (joined.standing, joined.ask_at) == (Standing.ENDED, None)


def test_a_hub_that_is_ended_while_we_ask_stays_ended(hub: Hub) -> None:
    node = join_hub(by=OFFICER, address=HUB, now=NOON)
    stale = Node.objects.get()
    end_node(by=OFFICER, node=node, now=NOON)
    ask_node(node=stale, now=NOON)
    node.refresh_from_db()
    assert (node.standing, node.ask_at) == (Standing.ENDED, None)


def test_each_node_is_asked_once_when_its_time_has_come(hub: Hub, joined: Node) -> None:
    assert claim_due(now=NOON) == []
    assert claim_due(now=later(minutes=1)) == [joined.pk]
    assert claim_due(now=later(minutes=1)) == []
    end_node(by=OFFICER, node=joined, now=NOON)
    assert claim_due(now=later(days=1)) == []


def test_the_worker_is_given_a_job_for_it(hub: Hub, joined: Node) -> None:
    look()
    assert list(ProcrastinateJob.objects.filter(task_name="nodes.ask").values_list("args", flat=True)) == [
        {"node_id": joined.pk}
    ]
