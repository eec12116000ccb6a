"""Setting a password with a code: the first time, and after it was forgotten."""

from datetime import UTC, datetime

import pytest
from django.test import Client

from heluo.kernel.access import pages
from heluo.kernel.actors.public import platform_actor
from heluo.kernel.people.access import Permission
from heluo.kernel.people.models import Account
from heluo.kernel.people.public import issue_activation_code

ACTIVATE = "/account/activate/"
NEW = "longmen-caves-1961"


@pytest.fixture
def code(teacher: Account) -> str:
    return issue_activation_code(by=platform_actor("test", Permission), account=teacher, now=datetime.now(UTC))


def send(client: Client, username: str, code: str, again: str = NEW):  # type: ignore[no-untyped-def]
    return client.post(ACTIVATE, {"username": username, "code": code, "password": NEW, "password_again": again})


def test_the_code_sets_the_password_once(client: Client, teacher: Account, code: str) -> None:
    assert send(client, teacher.username, code)["Location"] == "/accounts/login/"
    assert client.post("/accounts/login/", {"login": teacher.username, "password": NEW}).status_code == 302
    assert "激活码不对" in send(Client(), teacher.username, code).content.decode()


def test_a_wrong_name_and_a_wrong_code_read_the_same(client: Client, teacher: Account, code: str) -> None:
    for username, tried in ((teacher.username, "ABCDABCDABCD"), ("nobody-here", code)):
        assert "用户名或激活码不对" in send(client, username, tried).content.decode()


def test_codes_cannot_be_tried_out(client: Client, teacher: Account, code: str) -> None:
    for _try in range(pages.ACTIVATIONS_PER_NAME):
        assert send(client, teacher.username, "ABCDABCDABCD").status_code == 422
    answer = send(client, teacher.username, code)
    assert answer.status_code == 429
    assert "请求过于频繁" in answer.content.decode()


def test_the_two_passwords_must_agree(client: Client, teacher: Account, code: str) -> None:
    assert "两次输入的密码不一致" in send(client, teacher.username, code, again="other").content.decode()
