"""A child under 14 waits for a guardian, and sees nothing else meanwhile."""

from datetime import date

import pytest
from django.test import Client

from heluo.kernel.actors.enums import Role
from heluo.kernel.clock.public import local_day, now
from heluo.kernel.people.models import Account, Consent, Guardianship
from tests.accounts import PASSWORD, MakeAccount

WAITING = "/waiting/"
CHILDREN = "/account/children/"


def sign_in(account: Account) -> Client:
    browser = Client()
    browser.post("/accounts/login/", {"login": account.username, "password": PASSWORD})
    return browser


@pytest.fixture
def child(make_account: MakeAccount) -> Account:
    return make_account("pupil1", Role.PUPIL, born_on=date(local_day(now()).year - 9, 3, 1))


@pytest.fixture
def parent(make_account: MakeAccount, child: Account) -> Account:
    guardian = make_account("parent1", Role.GUARDIAN)
    Guardianship.objects.create(
        guardian=guardian.person, child=child.person, relation="mother", starts_on=date(2020, 1, 1)
    )
    return guardian


def test_a_young_child_sees_only_the_waiting_page(child: Account, parent: Account) -> None:
    browser = sign_in(child)
    for path in ("/account/", "/accounts/2fa/", "/accounts/password/change/", "/accounts/login/"):
        assert browser.get(path)["Location"] == WAITING, path
    page = browser.get(WAITING).content.decode()
    assert "等家长同意" in page
    assert parent.person.name in page
    assert browser.get("/api/v1/me").json()["code"] == "consent_needed"
    assert browser.post("/accounts/logout/").status_code == 302


def test_the_guardian_is_led_to_the_decision_and_the_child_is_let_in_and_out(child: Account, parent: Account) -> None:
    browser = Client()
    answer = browser.post("/accounts/login/", {"login": parent.username, "password": PASSWORD})
    assert answer["Location"] == CHILDREN
    where = f"{CHILDREN}{child.person.uuid}/"
    page = browser.get(where).content.decode()
    assert "儿童个人信息保护告知" in page
    assert "请先读完告知" in browser.post(where, {"decision": "give"}).content.decode()
    assert browser.post(where, {"decision": "give", "read": "on"})["Location"] == CHILDREN
    assert Consent.objects.get().notice_version in page
    pupil = sign_in(child)
    assert pupil.get("/account/").status_code == 200
    assert browser.post(where, {"decision": "withdraw"})["Location"] == CHILDREN
    assert pupil.get("/account/")["Location"] == WAITING


def test_somebody_elses_child_is_not_there(child: Account, parent: Account, make_account: MakeAccount) -> None:
    stranger = sign_in(make_account("parent2", Role.GUARDIAN))
    where = f"{CHILDREN}{child.person.uuid}/"
    assert stranger.get(where).status_code == 404
    assert stranger.post(where, {"decision": "give", "read": "on"}).status_code == 404
    assert not Consent.objects.exists()


def test_from_fourteen_on_nobody_waits(make_account: MakeAccount) -> None:
    youth = make_account("pupil9", Role.PUPIL, born_on=date(local_day(now()).year - 15, 1, 1))
    assert sign_in(youth).get("/account/").status_code == 200


def test_a_pupil_of_unknown_age_waits_and_an_adult_of_unknown_age_does_not(make_account: MakeAccount) -> None:
    assert sign_in(make_account("pupil8", Role.PUPIL)).get("/account/")["Location"] == WAITING
    assert sign_in(make_account("teacher8", Role.TEACHER)).get("/account/").status_code == 200
