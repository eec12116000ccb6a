"""Officers set up a second factor before anything else; whoever has one is asked for it."""

import re
import time

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.test import Client

from heluo.kernel.actors.enums import OFFICER_ROLES, Role
from heluo.kernel.people.models import Account
from tests.accounts import PASSWORD, MakeAccount

MFA = "/accounts/2fa/"


def code_of(secret: str) -> str:
    return format_hotp_value(hotp_value(secret, next(yield_hotp_counters_from_time())))


def sign_in(account: Account) -> Client:
    browser = Client()
    browser.post("/accounts/login/", {"login": account.username, "password": PASSWORD})
    return browser


@pytest.mark.parametrize("role", sorted(OFFICER_ROLES))
def test_officers_go_nowhere_before_it_is_set_up(make_account: MakeAccount, role: Role) -> None:
    browser = sign_in(make_account("officer", role, is_demo=False))
    for path in ("/account/", "/account/tokens/", "/accounts/sessions/"):
        assert browser.get(path)["Location"] == MFA, path
    assert "必须开启两步验证" in browser.get(MFA).content.decode()
    assert browser.get("/api/v1/me").json()["code"] == "second_factor_needed"


def test_the_demo_and_teachers_are_not_held_up(make_account: MakeAccount) -> None:
    assert sign_in(make_account("county1", Role.COUNTY_OFFICER, is_demo=True)).get("/account/").status_code == 200
    assert sign_in(make_account("teacher2", Role.TEACHER, is_demo=False)).get("/account/").status_code == 200


def enrol(browser: Client) -> str:
    page = browser.get(f"{MFA}totp/activate/").content.decode()
    found = re.search(r"<code[^>]*>([A-Z2-7]{32})</code>", page)
    assert found is not None
    secret = found[1]
    answer = browser.post(f"{MFA}totp/activate/", {"code": code_of(secret)})
    assert answer["Location"] == f"{MFA}recovery-codes/"
    return secret


def test_enrolling_opens_the_door_and_the_next_sign_in_asks(make_account: MakeAccount) -> None:
    officer = make_account("county1", Role.COUNTY_OFFICER, is_demo=False)
    browser = sign_in(officer)
    secret = enrol(browser)
    assert browser.get("/account/").status_code == 200
    assert secret not in str(Authenticator.objects.get(type=Authenticator.Type.TOTP).data)

    later = sign_in(officer)
    assert later.get("/account/").status_code == 302
    assert "第二步" in later.get(f"{MFA}authenticate/").content.decode()
    assert "验证码不对" in later.post(f"{MFA}authenticate/", {"code": "000000"}).content.decode()
    answer = later.post(f"{MFA}authenticate/", {"code": code_of(secret)})
    if answer.status_code == 200:  # the code that enrolled cannot be used a second time; a recovery code can
        codes = RecoveryCodes(Authenticator.objects.get(type=Authenticator.Type.RECOVERY_CODES))
        answer = later.post(f"{MFA}authenticate/", {"code": codes.get_unused_codes()[0]})
    assert answer.status_code == 302
    assert later.get("/account/").status_code == 200


def test_an_officer_keeps_a_second_factor(make_account: MakeAccount) -> None:
    officer = make_account("county1", Role.COUNTY_OFFICER, is_demo=False)
    browser = sign_in(officer)
    enrol(browser)
    assert "必须保留至少一种" in browser.get(f"{MFA}totp/deactivate/").content.decode()
    browser.post(f"{MFA}totp/deactivate/")
    assert Authenticator.objects.filter(user=officer, type=Authenticator.Type.TOTP).exists()


@pytest.mark.django_db(transaction=True)
def test_an_officer_cannot_remove_the_last_passkey(make_account: MakeAccount) -> None:
    officer = make_account("county1", Role.COUNTY_OFFICER, is_demo=False)
    browser = sign_in(officer)
    key = Authenticator.objects.create(user=officer, type=Authenticator.Type.WEBAUTHN, data={"name": "x"})
    browser.post("/accounts/reauthenticate/", {"password": PASSWORD})
    answer = browser.post(f"{MFA}webauthn/keys/{key.pk}/remove/")
    assert answer.status_code == 403
    assert Authenticator.objects.filter(pk=key.pk).exists()


SENSITIVE = (f"{MFA}totp/activate/", f"{MFA}webauthn/add/", "/account/tokens/new/")


def sign_in_was(browser: Client, minutes: int) -> None:
    """Move every proof of who sits there so many minutes back."""
    session = browser.session
    records = session["account_authentication_methods"]
    session["account_authentication_methods"] = [{**record, "at": time.time() - 60 * minutes} for record in records]
    session.save()


def test_whoever_just_signed_in_is_not_asked_again(make_account: MakeAccount) -> None:
    browser = sign_in(make_account("teacher1"))
    for path in SENSITIVE:
        assert browser.get(path).status_code == 200, path
    sign_in_was(browser, minutes=9)
    assert browser.get(SENSITIVE[0]).status_code == 200


def test_sensitive_deeds_ask_again_after_a_while(make_account: MakeAccount) -> None:
    browser = sign_in(make_account("teacher1"))
    sign_in_was(browser, minutes=11)
    for path in SENSITIVE:
        assert browser.get(path)["Location"].startswith("/accounts/reauthenticate/?next="), path
    browser.post("/accounts/reauthenticate/", {"password": PASSWORD})
    for path in SENSITIVE:
        assert browser.get(path).status_code == 200, path
    sign_in_was(browser, minutes=60)
    assert browser.get(SENSITIVE[0]).status_code == 302


def test_a_sign_in_elsewhere_proves_nothing_here(make_account: MakeAccount) -> None:
    browser = sign_in(make_account("teacher1"))
    session = browser.session
    session["account_authentication_methods"] = [{"method": "socialaccount", "at": time.time()}]
    session.save()
    for path in SENSITIVE:
        assert browser.get(path)["Location"].startswith("/accounts/reauthenticate/?next="), path
