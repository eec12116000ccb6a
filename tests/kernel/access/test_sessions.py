"""What ends with a sign-in: the session, its place in the list of devices, and what other systems were given."""

from datetime import UTC, datetime, timedelta

import pytest
from allauth.idp.oidc.models import Client as Relying
from allauth.idp.oidc.models import Token
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from heluo.kernel.access.actions import end_sessions, purge_expired
from heluo.kernel.access.jobs import purge
from heluo.kernel.access.listeners import end_what_systems_hold_of
from heluo.kernel.access.resolution import actor_for
from heluo.kernel.actors.errors import NotFound
from heluo.kernel.audit.models import AuditRow
from heluo.kernel.events.public import Announcement
from heluo.kernel.people.events import PasswordChanged
from heluo.kernel.people.models import Account
from tests.accounts import PASSWORD, MakeAccount

NOW = datetime.now(UTC)
OVER = NOW - timedelta(seconds=1)


def sign_in(account: Account) -> Client:
    browser = Client()
    browser.post("/accounts/login/", {"login": account.username, "password": PASSWORD})
    return browser


def key_of(browser: Client) -> str:
    return str(browser.session.session_key)


@pytest.fixture
def systems(db: None) -> list[Relying]:
    return [Relying.objects.create(id=name, name=name) for name in ("library", "museum")]


def give(account: Account, system: Relying, *, expires_at: datetime | None = None) -> None:
    """An access token and a refresh token, as a system gets them."""
    for kind in (Token.Type.ACCESS_TOKEN, Token.Type.REFRESH_TOKEN):
        Token.objects.create(
            user=account, client=system, type=kind, hash=f"{account.pk}{system.pk}{kind}", expires_at=expires_at
        )


# -- purge ------------------------------------------------------------------------------------------------------------


def test_only_what_expired_is_cleared_away(make_account: MakeAccount, systems: list[Relying]) -> None:
    one, other = make_account("teacher1"), make_account("teacher2")
    old, fresh = sign_in(one), sign_in(other)
    give(one, systems[0], expires_at=OVER)
    give(other, systems[0], expires_at=NOW + timedelta(hours=1))
    Session.objects.filter(pk=key_of(old)).update(expire_date=OVER)

    purge()

    assert list(UserSession.objects.values_list("session_key", flat=True)) == [key_of(fresh)]
    assert Session.objects.filter(pk=key_of(fresh)).exists()
    assert not Session.objects.filter(pk=key_of(old)).exists()
    assert set(Token.objects.values_list("user", flat=True)) == {other.pk}


def test_an_entry_whose_session_is_gone_goes_too(make_account: MakeAccount) -> None:
    browser = sign_in(make_account())
    Session.objects.filter(pk=key_of(browser)).delete()
    assert purge_expired(now=NOW) == 1
    assert not UserSession.objects.exists()


def test_it_works_in_batches_of_few_statements(make_account: MakeAccount) -> None:
    account = make_account()
    for number in range(7):
        Session.objects.create(session_key=f"s{number}", session_data="", expire_date=OVER)
        UserSession.objects.create(user=account, session_key=f"s{number}", ip="127.0.0.1")
    with CaptureQueriesContext(
        connection,
    ) as few:
        assert purge_expired(now=NOW, limit=1) == 2
    with CaptureQueriesContext(connection) as many:
        assert purge_expired(now=NOW, limit=4) == 8
    assert len(few) == len(many)
    purge()
    assert not UserSession.objects.exists()
    assert not Session.objects.exists()


# -- signing out ------------------------------------------------------------------------------------------------------


def test_signing_out_ends_what_every_system_holds_of_this_person(
    make_account: MakeAccount, systems: list[Relying]
) -> None:
    one, other = make_account("teacher1"), make_account("teacher2")
    browser = sign_in(one)
    for system in systems:
        give(one, system)
        give(other, system)
    browser.post("/accounts/logout/")
    assert set(Token.objects.values_list("user", flat=True)) == {other.pk}
    assert not UserSession.objects.exists()


def test_signing_out_other_devices_ends_them_and_what_systems_hold(
    make_account: MakeAccount, systems: list[Relying]
) -> None:
    account = make_account()
    here, there = sign_in(account), sign_in(account)
    stranger = sign_in(make_account("teacher2"))
    give(account, systems[0])
    here.post("/accounts/sessions/")
    assert here.get("/account/").status_code == 200
    assert stranger.get("/account/").status_code == 200
    assert there.get("/account/").status_code == 302
    assert not Token.objects.exists()
    noted = AuditRow.objects.get(deed="access.sessions_ended")
    assert (noted.by, noted.details) == (account.person.uuid, {"sessions": 1})


def test_nobody_signs_somebody_else_out(make_account: MakeAccount) -> None:
    mine, theirs = make_account("teacher1"), make_account("teacher2")
    browser = sign_in(theirs)
    me = actor_for(mine, on=NOW.date())
    with pytest.raises(NotFound):
        end_sessions(by=me, account=theirs, keys=[key_of(browser)], now=NOW)
    assert end_sessions(by=me, account=mine, keys=["of-nobody"], now=NOW) == 0
    assert browser.get("/account/").status_code == 200


def test_a_new_password_ends_what_systems_hold(make_account: MakeAccount, systems: list[Relying]) -> None:
    one, other = make_account("teacher1"), make_account("teacher2")
    give(one, systems[0])
    give(other, systems[0])
    heard = Announcement(event=PasswordChanged(person_id=one.person.uuid), at=NOW, by=None)
    for _twice in range(2):
        end_what_systems_hold_of([heard])
    assert set(Token.objects.values_list("user", flat=True)) == {other.pk}
