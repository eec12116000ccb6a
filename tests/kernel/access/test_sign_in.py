"""Signing in by password: the plain way, and the ways people try that are not."""

import pytest
from django.contrib.sessions.models import Session
from django.test import Client

from heluo.kernel.people.models import Account
from tests.accounts import PASSWORD, MakeAccount

LOGIN = "/accounts/login/"


def attempt(client: Client, username: str, password: str = PASSWORD, **more: str):  # type: ignore[no-untyped-def]
    return client.post(LOGIN, {"login": username, "password": password, **more})


def test_the_page_asks_in_chinese_and_names_who_can_help(client: Client, db: None) -> None:
    page = client.get(LOGIN).content.decode()
    assert "用户名" in page
    assert "忘记" in page
    assert "signup" not in page
    assert "/password/reset/" not in page


def test_the_right_password_opens_and_goes_where_one_wanted(client: Client, teacher: Account) -> None:
    answer = attempt(client, teacher.username, next="/account/")
    assert (answer.status_code, answer["Location"]) == (302, "/account/")
    assert client.get("/account/").status_code == 200


def test_wrong_password_and_unknown_name_read_the_same(client: Client, teacher: Account) -> None:
    wrong = attempt(client, teacher.username, "not-the-password")
    unknown = attempt(client, "nobody-here", "not-the-password")
    assert wrong.status_code == unknown.status_code == 200
    assert "用户名或密码不对" in wrong.content.decode()
    assert "用户名或密码不对" in unknown.content.decode()


@pytest.mark.parametrize(
    "elsewhere",
    ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)", "http:///evil.example"],
)
def test_next_never_leads_away(client: Client, teacher: Account, elsewhere: str) -> None:
    answer = attempt(client, teacher.username, next=elsewhere)
    assert answer.status_code == 302
    assert answer["Location"] == "/workbench/"


def test_a_session_planted_before_is_not_the_one_after(client: Client, teacher: Account) -> None:
    session = client.session
    session["planted"] = "yes"
    session.save()
    planted = session.session_key
    attempt(client, teacher.username)
    assert client.session.session_key != planted
    assert not Session.objects.filter(session_key=planted).exists()


def test_the_sixth_wrong_try_is_told_to_wait_and_the_right_password_waits_too(client: Client, teacher: Account) -> None:
    for _try in range(5):
        assert "用户名或密码不对" in attempt(client, teacher.username, "wrong-wrong").content.decode()
    assert "请 5 分钟后再试" in attempt(client, teacher.username, "wrong-wrong").content.decode()
    assert "请 5 分钟后再试" in attempt(client, teacher.username).content.decode()


def test_others_are_not_held_up_by_it(client: Client, make_account: MakeAccount) -> None:
    make_account("teacher1")
    other = make_account("teacher2")
    for _try in range(6):
        attempt(client, "teacher1", "wrong-wrong")
    assert attempt(client, other.username).status_code == 302


def test_a_stopped_account_stays_out(client: Client, teacher: Account) -> None:
    Account.objects.filter(pk=teacher.pk).update(is_active=False)
    attempt(client, teacher.username)
    assert client.get("/account/").status_code == 302


def test_stopping_an_account_ends_its_sessions(signed_in: Client, teacher: Account) -> None:
    assert signed_in.get("/account/").status_code == 200
    Account.objects.filter(pk=teacher.pk).update(is_active=False)
    assert signed_in.get("/account/").status_code == 302


@pytest.mark.parametrize(
    "path", ["/accounts/signup/", "/accounts/password/reset/", "/accounts/email/", "/accounts/login/code/confirm/"]
)
def test_doors_nobody_opened_are_not_there(client: Client, db: None, path: str) -> None:
    assert client.get(path).status_code == 404
    assert client.post(path, {}).status_code == 404


def test_signing_out_needs_a_post(signed_in: Client) -> None:
    signed_in.get("/accounts/logout/")
    assert signed_in.get("/account/").status_code == 200
    signed_in.post("/accounts/logout/")
    assert signed_in.get("/account/").status_code == 302


def test_an_initial_password_is_changed_before_anything_else(client: Client, make_account: MakeAccount) -> None:
    make_account("newcomer", must_change_password=True)
    attempt(client, "newcomer")
    assert client.get("/account/")["Location"] == "/accounts/password/change/"
    page = client.get("/accounts/password/change/").content.decode()
    assert "初始密码" in page
    again = {"oldpassword": PASSWORD, "password1": PASSWORD, "password2": PASSWORD}
    assert "新密码不能与当前密码相同" in client.post("/accounts/password/change/", again).content.decode()
    new = {"oldpassword": PASSWORD, "password1": "yellow-river-88", "password2": "yellow-river-88"}
    assert client.post("/accounts/password/change/", new)["Location"] == "/account/"
    assert client.get("/account/").status_code == 200
