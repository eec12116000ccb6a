"""What operators see of other nodes and decide about them, and nobody else."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from heluo.kernel.actors.enums import Role
from heluo.kernel.nodes.actions import answer_envelope
from heluo.kernel.nodes.enums import IncomingState, RequestState, Standing
from heluo.kernel.nodes.errors import ExchangeRefused
from heluo.kernel.nodes.models import Incoming, JoinRequest, Node
from heluo.kernel.nodes.outbox import send_message
from tests.accounts import MakeAccount
from tests.kernel.nodes.conftest import KIND, NOON, OFFICER, THERE, Notes, Other

LIST = "/operations/nodes/"
PAGE = f"{LIST}{THERE}/"


@pytest.fixture
def operator(make_account: MakeAccount) -> Client:
    browser = Client()
    browser.force_login(make_account("operator1", Role.OPERATOR))
    return browser


def text_of(browser: Client, path: str) -> str:
    answer = browser.get(path)
    assert answer.status_code == 200
    return str(answer.content.decode())


def test_the_list_shows_requests_nodes_and_what_strangers_tried(
    operator: Client, node: Node, other: Other, notes: Notes
) -> None:
    send_message(kind=KIND, to=THERE, body={}, by=OFFICER, now=NOON)
    other.send(other.message(kind="newer.kind"))
    asked = Other(domain="kaifeng.example").ask_in()
    with pytest.raises(ExchangeRefused):
        answer_envelope(token=Other(domain="nobody.example").envelope(), now=NOON)
    shown = text_of(operator, LIST)
    for words in (
        "洛阳市教育局",
        "1 条消息等待送达",
        "有消息要处理",
        asked.fingerprint,
        "不认识的节点",
        "heluo.localhost",
    ):
        assert words in shown


def test_a_list_costs_the_same_however_long(operator: Client, node: Node) -> None:
    operator.get(LIST)
    with CaptureQueriesContext(connection) as one:
        operator.get(LIST)
    for number in range(10):
        Node.objects.create(
            domain=f"n{number}.example", name=f"节点{number}", tier="county", version="1", standing="active", since=NOON
        )
    with CaptureQueriesContext(connection) as many:
        operator.get(LIST)
    assert len(many) == len(one)


def test_a_request_is_approved_after_a_question(operator: Client, other: Other) -> None:
    asked = other.ask_in()
    shown = text_of(operator, PAGE)
    assert asked.fingerprint in shown
    approve = f"{LIST}requests/{asked.pk}/approve/"
    assert "批准接入" in operator.post(approve).content.decode()
    assert not Node.objects.exists()
    assert operator.post(approve, {"confirmed": "1"}).status_code == 302
    assert Node.objects.get().standing == Standing.ACTIVE
    assert "已经处理过" in operator.post(approve, {"confirmed": "1"}, follow=True).content.decode()


def test_a_request_is_refused_with_a_reason(operator: Client, other: Other) -> None:
    asked = other.ask_in()
    refuse = f"{LIST}requests/{asked.pk}/refuse/"
    missing = operator.post(refuse, {"reason": ""})
    assert missing.status_code == 422
    assert JoinRequest.objects.get().state == RequestState.WAITING
    operator.post(refuse, {"reason": "请先备案"})
    assert JoinRequest.objects.get().reason == "请先备案"
    assert "请先备案" in text_of(operator, PAGE)


def test_another_key_under_a_known_name_is_said_to_be_one(operator: Client, node: Node, other: Other) -> None:
    assert "另一把密钥" not in text_of(operator, PAGE)
    Other().ask_in()
    assert "另一把密钥" in text_of(operator, PAGE)


def test_a_node_shows_its_lag_its_trouble_and_its_keys(
    operator: Client, node: Node, other: Other, notes: Notes
) -> None:
    notes.refusing = {1}
    other.send(other.message())
    shown = text_of(operator, PAGE)
    for words in ("这一条不要。", "便条", node.keys.get().fingerprint, "版本", "本节点不认识的消息种类（later.kind）"):
        assert words in shown
    stuck = Incoming.objects.get()
    operator.post(f"{PAGE}messages/{stuck.pk}/retry/")
    stuck.refresh_from_db()
    assert stuck.state == IncomingState.TROUBLE
    notes.refusing = set()
    operator.post(f"{PAGE}messages/{stuck.pk}/retry/")
    stuck.refresh_from_db()
    assert stuck.state == IncomingState.APPLIED


def test_a_key_is_revoked_and_a_node_ended_after_a_question(operator: Client, node: Node) -> None:
    key = node.keys.get()
    for path in (f"{PAGE}keys/{key.key_id}/revoke/", f"{PAGE}end/"):
        operator.post(path)
        key.refresh_from_db()
        node.refresh_from_db()
        assert (key.revoked_at, node.standing) == (None, "active")
    operator.post(f"{PAGE}keys/{key.key_id}/revoke/", {"confirmed": "1"})
    operator.post(f"{PAGE}end/", {"confirmed": "1"})
    key.refresh_from_db()
    node.refresh_from_db()
    assert key.revoked_at is not None
    assert node.standing == Standing.ENDED


def test_what_is_not_there(operator: Client, node: Node) -> None:
    for path in (
        f"{LIST}nobody.example/",
        f"{LIST}requests/99/approve/",
        f"{PAGE}keys/0/revoke/",
        f"{PAGE}messages/9/retry/",
    ):
        assert operator.get(path).status_code == 404
    assert operator.post(f"{LIST}nobody.example/end/").status_code == 404


def test_nothing_of_it_is_for_others(make_account: MakeAccount, node: Node, other: Other) -> None:
    asked = Other(domain="kaifeng.example").ask_in()
    admin = Client()
    admin.force_login(make_account("admin1", Role.PROVINCE_ADMIN))
    key = node.keys.get()
    for path in (
        LIST,
        PAGE,
        f"{PAGE}end/",
        f"{PAGE}keys/{key.key_id}/revoke/",
        f"{PAGE}messages/1/retry/",
        f"{LIST}requests/{asked.pk}/approve/",
        f"{LIST}requests/{asked.pk}/refuse/",
    ):
        assert Client().post(path, {"confirmed": "1"}).status_code in {302, 405}
        assert admin.post(path, {"confirmed": "1", "reason": "x"}).status_code == 403
        assert admin.get(path).status_code == 403
    asked.refresh_from_db()
    node.refresh_from_db()
    assert (asked.state, node.standing, node.keys.get().revoked_at) == ("waiting", "active", None)


def test_the_pages_speak_english(operator: Client, node: Node, other: Other, notes: Notes) -> None:
    other.send(other.message(kind="newer.kind"))
    operator.cookies["heluo_language"] = "en"
    with translation.override("en"):
        shown = text_of(operator, PAGE)
    assert "This node cannot apply this kind of message yet." in shown
    assert "Last contact" in shown
