"""Operators connect other systems, and nobody else does."""

from datetime import UTC, datetime

import pytest
from allauth.idp.oidc.models import Client as Relying
from django.test import Client

from heluo.kernel.access.actions import connect_system, remove_system
from heluo.kernel.access.errors import AddressNotSecure
from heluo.kernel.access.resolution import actor_for
from heluo.kernel.actors.enums import Role
from heluo.kernel.actors.errors import NotAllowed, NotFound
from heluo.kernel.actors.public import Actor
from heluo.kernel.audit.models import AuditRow
from tests.accounts import PASSWORD, MakeAccount

NOW = datetime.now(UTC)
CALLBACK = "https://library.example/callback"
SYSTEMS = "/operations/systems/"


def acting(make_account: MakeAccount, role: Role) -> Actor:
    return actor_for(make_account(role.value, role), on=NOW.date())


def test_the_secret_is_kept_as_a_hash_and_the_deed_audited(make_account: MakeAccount) -> None:
    made = connect_system(by=acting(make_account, Role.OPERATOR), name="市图书馆", callbacks=[CALLBACK], now=NOW)
    kept = Relying.objects.get()
    assert made.secret not in str(vars(kept))
    assert kept.check_secret(made.secret)
    assert not kept.skip_consent
    assert made.secret not in str(vars(AuditRow.objects.get(deed="access.system_connected")))


@pytest.mark.parametrize(
    "address",
    [
        "http://library.example/cb",
        "https://*.example/cb",
        "javascript:alert(1)",
        "https://a.example/#x",
        "library",
        "https://",
    ],
)
def test_addresses_that_could_leak_a_code_are_refused(make_account: MakeAccount, address: str) -> None:
    with pytest.raises(AddressNotSecure):
        connect_system(by=acting(make_account, Role.OPERATOR), name="x", callbacks=[address], now=NOW)


def test_nobody_but_an_operator(make_account: MakeAccount) -> None:
    admin = acting(make_account, Role.PROVINCE_ADMIN)
    with pytest.raises(NotAllowed):
        connect_system(by=admin, name="x", callbacks=[CALLBACK], now=NOW)
    with pytest.raises(NotAllowed):
        remove_system(by=admin, system_id="x", now=NOW)


def test_what_is_not_there_cannot_be_removed(make_account: MakeAccount) -> None:
    with pytest.raises(NotFound):
        remove_system(by=acting(make_account, Role.OPERATOR), system_id="x", now=NOW)


def test_the_pages_connect_and_remove(make_account: MakeAccount) -> None:
    operator = make_account("operator1", Role.OPERATOR)
    browser = Client()
    browser.post("/accounts/login/", {"login": operator.username, "password": PASSWORD})
    browser.post("/accounts/reauthenticate/", {"password": PASSWORD})
    wrong = browser.post(f"{SYSTEMS}new/", {"name": "市图书馆", "callbacks": "http://library.example/"})
    assert "不能用作回调地址" in wrong.content.decode()
    made = browser.post(f"{SYSTEMS}new/", {"name": "市图书馆", "callbacks": CALLBACK})
    assert "密钥只显示这一次" in made.content.decode()
    assert made.content.decode().count("data-copy=") == 3
    assert "市图书馆" in browser.get(SYSTEMS).content.decode()
    system = Relying.objects.get()
    browser.post(f"{SYSTEMS}{system.pk}/remove/")
    assert not Relying.objects.exists()
    assert "还没有接入任何系统" in browser.get(SYSTEMS).content.decode()
