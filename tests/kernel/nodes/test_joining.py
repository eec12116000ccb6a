"""Who is let in, by whose decision, and under which key."""

from typing import Any

import jwt
import pytest
from django.test import Client

from heluo.kernel.actors.errors import NotAllowed
from heluo.kernel.actors.public import PUBLIC_ACTOR
from heluo.kernel.audit.models import AuditRow
from heluo.kernel.nodes.actions import (
    answer_card,
    answer_envelope,
    approve_request,
    end_node,
    refuse_request,
    revoke_key,
    rotate_key,
)
from heluo.kernel.nodes.enums import Fault
from heluo.kernel.nodes.errors import (
    AlreadyDecided,
    ExchangeRefused,
    JoinRequestsFull,
    KeyAlreadyRevoked,
    MessageNotPlain,
    MessageTooLarge,
    NodeAlreadyEnded,
    NodeUnknown,
    ReasonMissing,
)
from heluo.kernel.nodes.models import JoinRequest, Node, Outgoing, OwnKey, Trouble
from heluo.kernel.nodes.outbox import UnregisteredKind, send_message
from heluo.kernel.signing.public import public_key_of
from tests.kernel.nodes.conftest import HERE, KIND, NOON, OFFICER, THERE, Key, Notes, Other, later, read


def fault_of(token: str, **how: Any) -> Fault:
    with pytest.raises(ExchangeRefused) as refusal:
        answer_envelope(token=token, now=how.get("now", NOON))
    return refusal.value.fault


def test_a_card_becomes_a_request_and_nothing_more(other: Other) -> None:
    card = read(answer_card(token=other.card(), now=NOON))
    assert (card["iss"], card["next_seq"]) == (HERE, 1)
    assert card["key"] == OwnKey.objects.get().public
    asked = JoinRequest.objects.get()
    assert (asked.domain, asked.name, asked.tier, asked.key_id) == (THERE, "洛阳市教育局", "city", other.key.id)
    assert not Node.objects.exists()
    assert other.send()["standing"] == "requested"


def test_asking_again_with_the_same_key_is_the_same_request(other: Other) -> None:
    other.ask_in()
    other.ask_in(later(minutes=5))
    assert JoinRequest.objects.count() == 1


def test_an_officer_lets_a_node_in_and_it_learns_of_it_when_it_asks(other: Other) -> None:
    approve_request(by=OFFICER, request=other.ask_in(), now=NOON)
    assert other.send()["standing"] == "active"
    assert AuditRow.objects.filter(deed="nodes.join_approved", subject_id=THERE).exists()


def test_a_refused_node_learns_why_and_may_ask_again(other: Other) -> None:
    asked = other.ask_in()
    with pytest.raises(ReasonMissing):
        refuse_request(by=OFFICER, request=asked, reason="  ", now=NOON)
    refuse_request(by=OFFICER, request=asked, reason="请先备案", now=NOON)
    answer = other.send()
    assert (answer["standing"], answer["reason"]) == ("refused", "请先备案")
    assert other.ask_in(later(days=1)).pk != asked.pk
    assert other.send(now=later(days=1))["standing"] == "requested"


def test_what_was_decided_is_decided(other: Other) -> None:
    asked = other.ask_in()
    approve_request(by=OFFICER, request=asked, now=NOON)
    with pytest.raises(AlreadyDecided):
        approve_request(by=OFFICER, request=asked, now=NOON)
    with pytest.raises(AlreadyDecided):
        refuse_request(by=OFFICER, request=asked, reason="x", now=NOON)


def test_nobody_decides_without_the_right(other: Other, node: Node) -> None:
    asked = Other(domain="kaifeng.example").ask_in()
    for deed in (
        lambda: approve_request(by=PUBLIC_ACTOR, request=asked, now=NOON),
        lambda: refuse_request(by=PUBLIC_ACTOR, request=asked, reason="x", now=NOON),
        lambda: end_node(by=PUBLIC_ACTOR, node=node, now=NOON),
        lambda: revoke_key(by=PUBLIC_ACTOR, key=node.keys.get(), now=NOON),
        lambda: rotate_key(by=PUBLIC_ACTOR, revoke=False, now=NOON),
    ):
        with pytest.raises(NotAllowed):
            deed()


@pytest.mark.parametrize(
    ("wrong", "fault"),
    [
        ({"key": Key().public}, Fault.FORGED),
        ({"key": "z" * 64}, Fault.MALFORMED),
        ({"iss": HERE}, Fault.WRONG_AUDIENCE),
        ({"iat": int(later(hours=1).timestamp())}, Fault.CLOCK_SKEWED),
        ({"about": {"name": "", "tier": "city", "version": "", "capabilities": []}}, Fault.MALFORMED),
    ],
)
def test_cards_that_are_not_taken(other: Other, wrong: dict[str, Any], fault: Fault) -> None:
    with pytest.raises(ExchangeRefused) as refusal:
        answer_card(token=other.card(**wrong), now=NOON)
    assert refusal.value.fault == fault
    assert not JoinRequest.objects.exists()
    assert Trouble.objects.get(node=None).fault == fault


def test_strangers_cannot_fill_the_table(other: Other) -> None:
    for _key in range(3):
        Other().ask_in()
    with pytest.raises(JoinRequestsFull):
        Other().ask_in()


def test_the_door_of_joining(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("heluo.kernel.nodes.pages.now", lambda: NOON)
    client = Client(raise_request_exception=False)
    assert client.post("/nodes/join", Other().card(), content_type="application/jose").status_code == 200
    for _key in range(2):
        client.post("/nodes/join", Other().card(), content_type="application/jose")
    full = client.post("/nodes/join", Other().card(), content_type="application/jose")
    assert (full.status_code, full.json()["code"]) == (429, "too_often")


# -- another key under a known name -----------------------------------------------------------------------------------


def test_a_request_with_another_key_replaces_nothing(node: Node, other: Other) -> None:
    thief = Other()
    thief.ask_in()
    assert [key.key_id for key in node.keys.all()] == [other.key.id]
    assert other.send()["standing"] == "active"
    assert thief.send()["standing"] == "requested"


def test_an_approved_new_key_ends_the_old_one(node: Node, other: Other, notes: Notes) -> None:
    other.send(other.message(), other.message())
    again = Other()  # set up anew: another key, numbers from 1
    approve_request(by=OFFICER, request=again.ask_in(), now=NOON)
    assert fault_of(other.envelope()) == Fault.REVOKED_KEY
    assert again.send(again.message({"number": 9}), now=later(minutes=1))["ack"] == 1
    assert notes.numbers() == [1, 2, 9]


def test_a_revoked_key_does_not_come_back_by_a_request(node: Node, other: Other) -> None:
    revoke_key(by=OFFICER, key=node.keys.get(), now=NOON)
    with pytest.raises(KeyAlreadyRevoked):
        revoke_key(by=OFFICER, key=node.keys.get(), now=NOON)
    asked = other.ask_in()
    with pytest.raises(KeyAlreadyRevoked):
        approve_request(by=OFFICER, request=asked, now=NOON)


def test_an_ended_node_may_ask_again(node: Node, other: Other) -> None:
    end_node(by=OFFICER, node=node, now=NOON)
    with pytest.raises(NodeAlreadyEnded):
        end_node(by=OFFICER, node=node, now=NOON)
    assert other.send()["standing"] == "ended"
    asked = other.ask_in()
    assert other.send()["standing"] == "requested"
    approve_request(by=OFFICER, request=asked, now=NOON)
    assert other.send()["standing"] == "active"


# -- keys that change -------------------------------------------------------------------------------------------------


def test_a_new_key_is_believed_by_the_word_of_the_old(node: Node, other: Other, notes: Notes) -> None:
    before = other.message()
    other.rotate()
    assert other.send(before, other.message())["ack"] == 2
    assert notes.numbers() == [1, 2], "what the old key signed still holds"
    other.rotate()
    assert other.send(other.message())["ack"] == 3
    assert node.keys.filter(revoked_at__isnull=True).count() == 3
    assert AuditRow.objects.filter(deed="nodes.key_announced").count() == 2


def test_several_changes_during_a_month_of_absence(node: Node, other: Other, notes: Notes) -> None:
    for day in (5, 10, 20):
        other.rotate(now=later(days=day))
    assert other.send(other.message(), now=later(days=31))["ack"] == 1


def test_a_node_that_revokes_its_old_key(node: Node, other: Other, notes: Notes) -> None:
    old, stolen = other.key, other.message()
    other.rotate(revokes=True)
    other.written = 0
    assert other.send(other.message())["ack"] == 1
    assert fault_of(other.envelope(key=old)) == Fault.REVOKED_KEY
    assert other.send(stolen)["ack"] == 1
    assert notes.numbers() == [1]
    other.key = old
    other.rotate()
    assert fault_of(other.envelope()) == Fault.UNKNOWN_KEY, "a revoked key introduces nobody"


def test_a_key_that_somebody_else_announces_is_not_believed(node: Node, other: Other) -> None:
    thief = Other()
    thief.rotate()
    assert fault_of(thief.envelope()) == Fault.UNKNOWN_KEY
    other.domain = "kaifeng.example"
    other.rotate()
    other.domain = THERE
    assert fault_of(other.envelope()) == Fault.UNKNOWN_KEY, "announced for another name"


def test_our_own_new_key_is_announced_by_the_old_and_signs_what_waits(node: Node, other: Other, notes: Notes) -> None:
    send_message(kind=KIND, to=THERE, body={"number": 1}, by=OFFICER, now=NOON)
    old = OwnKey.objects.get()
    fresh = rotate_key(by=OFFICER, revoke=True, now=NOON)
    answer = other.send()
    [announced] = answer["keys"]
    said = jwt.decode(announced, public_key_of(old.public), algorithms=["EdDSA"], options={"verify_iat": False})
    assert (said["key"], said["revokes"], said["iss"]) == (fresh.public, True, HERE)
    [message] = answer["messages"]
    sent = jwt.decode(
        message, public_key_of(fresh.public), algorithms=["EdDSA"], audience=THERE, options={"verify_iat": False}
    )
    assert (sent["seq"], sent["body"], sent["jti"]) == (1, {"number": 1}, str(Outgoing.objects.get().jti))
    old.refresh_from_db()
    assert old.revoked_at == NOON


# -- sending ----------------------------------------------------------------------------------------------------------


def test_what_cannot_be_sent(node: Node, notes: Notes) -> None:
    with pytest.raises(UnregisteredKind):
        send_message(kind="nobody.knows", to=THERE, body={}, by=OFFICER, now=NOON)
    with pytest.raises(NodeUnknown):
        send_message(kind=KIND, to="kaifeng.example", body={}, by=OFFICER, now=NOON)
    with pytest.raises(MessageTooLarge):
        send_message(kind=KIND, to=THERE, body={"text": "x" * 64 * 1024}, by=OFFICER, now=NOON)
    for text in ("\0", "\ud800"):
        with pytest.raises(MessageNotPlain):
            send_message(kind=KIND, to=THERE, body={"text": text}, by=OFFICER, now=NOON)
    end_node(by=OFFICER, node=node, now=NOON)
    with pytest.raises(NodeUnknown):
        send_message(kind=KIND, to=THERE, body={}, by=OFFICER, now=NOON)
    assert not Outgoing.objects.exists()


def test_an_envelope_holds_what_fits_and_the_next_one_the_rest(node: Node, other: Other, notes: Notes) -> None:
    for number in range(12):
        send_message(kind=KIND, to=THERE, body={"number": number, "text": "x" * 40_000}, by=OFFICER, now=NOON)
    got = []
    for _round in range(3):
        answer = other.send(ack_id=got[-1]["jti"] if got else None)
        got += [read(token) for token in answer["messages"]]
        other.received = got[-1]["seq"]
    assert [claims["seq"] for claims in got] == list(range(1, 13))
