"""Signing in by another system: only accounts whose owner linked them. The other system here is a second Heluo."""

from urllib.parse import urlsplit

import pytest
from allauth.idp.oidc.models import Client as Relying
from allauth.socialaccount.models import SocialAccount
from django.test import Client
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from heluo.kernel.people.models import Account
from tests.accounts import PASSWORD, MakeAccount

START = "/accounts/oidc/outer/login/"
CALLBACK = f"http://testserver{START}callback/"
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


@pytest.fixture
def bureau(live_server: LiveServer, settings: Settings, make_account: MakeAccount) -> Client:
    """A browser signed in at the other system as somebody there."""
    settings.PUBLIC_URL = live_server.url
    settings.SOCIALACCOUNT_PROVIDERS = {
        "openid_connect": {
            "OAUTH_PKCE_ENABLED": True,
            "APPS": [
                {
                    "provider_id": "outer",
                    "name": "市教育局统一身份认证",
                    "client_id": "heluo",
                    "secret": "between-the-two",
                    "settings": {"server_url": live_server.url},
                },
                {
                    "provider_id": "luoyang",
                    "name": "洛阳市统一身份认证",
                    "client_id": "heluo",
                    "secret": "another",
                    "settings": {"server_url": "https://id.luoyang.example"},
                },
            ],
        }
    }
    relying = Relying(id="heluo", name="河洛", skip_consent=True)
    relying.set_scopes(["openid", "profile", "email"])
    relying.set_redirect_uris([CALLBACK])
    relying.set_secret("between-the-two")
    relying.save()
    browser = Client()
    browser.force_login(make_account("somebody-there"))
    return browser


def walk(ours: Client, theirs: Client, process: str = "login"):  # type: ignore[no-untyped-def]
    """Press the button here, be recognised there, come back here."""
    away = ours.post(f"{START}?process={process}")
    assert away.status_code == 302, away.content.decode()
    parts = urlsplit(away["Location"])
    assert "code_challenge=" in parts.query
    back = theirs.get(f"{parts.path}?{parts.query}")
    assert back["Location"].startswith(CALLBACK), back["Location"]
    return ours.get(back["Location"].removeprefix("http://testserver"))


def test_an_account_nobody_linked_opens_nothing(bureau: Client) -> None:
    ours = Client()
    answer = walk(ours, bureau)
    assert (
        "还没有绑定" in ours.get(answer["Location"]).content.decode()
        if answer.status_code == 302
        else answer.content.decode()
    )
    assert ours.get("/account/").status_code == 302
    assert not SocialAccount.objects.exists()
    assert Account.objects.count() == 1


def test_a_linked_account_opens_and_can_be_unlinked(bureau: Client, teacher: Account) -> None:
    ours = Client()
    ours.post("/accounts/login/", {"login": teacher.username, "password": PASSWORD})
    ours.post("/accounts/reauthenticate/", {"password": PASSWORD})
    walk(ours, bureau, "connect")
    assert SocialAccount.objects.get().user == teacher
    assert "市教育局统一身份认证" in ours.get("/accounts/3rdparty/").content.decode()

    later = Client()
    walk(later, bureau)
    assert teacher.person.name in later.get("/account/").content.decode()

    ours.post("/accounts/3rdparty/", {"account": SocialAccount.objects.get().pk})
    assert not SocialAccount.objects.exists()


def test_every_outer_sign_in_has_its_button(bureau: Client) -> None:
    page = Client().get("/accounts/login/").content.decode()
    for name, where in (("市教育局统一身份认证", "outer"), ("洛阳市统一身份认证", "luoyang")):
        assert f"用{name}登录" in page
        assert f"/accounts/oidc/{where}/login/" in page


def test_an_answer_nobody_asked_for_is_refused(bureau: Client) -> None:
    ours = Client()
    answer = ours.get(f"{START}callback/?code=stolen&state=made-up")
    assert "外部登录没有成功" in answer.content.decode()


def test_a_system_that_is_not_configured_is_not_there(db: None) -> None:
    assert Client().post("/accounts/oidc/nobody/login/").status_code == 404
