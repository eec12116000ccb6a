"""Signing in by password: the plain way, and the ways people try that are not."""

import pytest
from django.contrib.auth.hashers import MD5PasswordHasher
from django.contrib.sessions.models import Session
from django.test import Client

from heluo.kernel.audit.models import AuditRow
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


def test_an_unknown_name_costs_as_much_work_as_a_wrong_password(
    client: Client, teacher: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    hashed: list[str] = []
    plain = MD5PasswordHasher.encode

    def counted(self: MD5PasswordHasher, password: str, salt: str) -> str:
        hashed.append(password)
        return plain(self, password, salt)

    monkeypatch.setattr(MD5PasswordHasher, "encode", counted)
    attempt(client, teacher.username, "wrong-password")
    known = len(hashed)
    attempt(client, "nobody-here", "wrong-password")
    assert known == len(hashed) - known > 0


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


def test_signing_in_is_audited_with_its_way(signed_in: Client, teacher: Account) -> None:
    row = AuditRow.objects.get(deed="access.signed_in")
    assert row.details == {"ways": ["password"]}
    assert PASSWORD not in str(vars(row))


def test_the_language_switch_stays_and_leads_nowhere_else(client: Client, db: None) -> None:
    answer = client.post("/language/", {"language": "en", "next": "https://evil.example/"})
    assert answer["Location"] == "/"
    assert '<html lang="en"' in client.get(LOGIN).content.decode()


def test_cookies_are_kept_to_this_host_and_from_scripts(signed_in: Client) -> None:
    cookie = signed_in.cookies["heluo_session"]
    assert cookie["httponly"]
    assert (cookie["samesite"], cookie["domain"]) == ("Lax", "")


def test_the_answer_to_a_form_from_elsewhere_is_a_page_in_chinese(db: None) -> None:
    answer = Client(enforce_csrf_checks=True).post(LOGIN, {"login": "x", "password": "y"})
    assert answer.status_code == 403
    assert "页面已过期" in answer.content.decode()


def test_no_page_may_be_framed_or_sniffed(client: Client, db: None) -> None:
    headers = client.get(LOGIN).headers
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
