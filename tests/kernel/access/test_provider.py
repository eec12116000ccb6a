"""Other systems sign people in here: discovery, code with PKCE, token, user info, as a real client walks through it."""

import base64
import hashlib
import secrets
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
import pytest
from allauth.idp.oidc.models import Client as Relying
from django.conf import settings
from django.test import Client

from heluo.kernel.actors.enums import Role
from heluo.kernel.people.models import Account
from tests.accounts import MakeAccount

CALLBACK = "https://library.example/callback"
SECRET = "a-secret-of-the-library"


@pytest.fixture
def library(db: None) -> Relying:
    relying = Relying(id="library", name="市图书馆", type=Relying.Type.CONFIDENTIAL)
    relying.set_scopes(["openid", "profile", "roles"])
    relying.set_redirect_uris([CALLBACK])
    relying.set_secret(SECRET)
    relying.save()
    return relying


class Walk:
    """One sign-in as the relying party makes it."""

    def __init__(self) -> None:
        self.verifier = secrets.token_urlsafe(48)
        self.state, self.nonce = secrets.token_urlsafe(8), secrets.token_urlsafe(8)
        digest = hashlib.sha256(self.verifier.encode()).digest()
        self.challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()

    def query(self, **more: str) -> dict[str, str]:
        return {
            "response_type": "code",
            "client_id": "library",
            "redirect_uri": CALLBACK,
            "scope": "openid profile roles",
            "state": self.state,
            "nonce": self.nonce,
            "code_challenge": self.challenge,
            "code_challenge_method": "S256",
        } | more


def path_of(address: str) -> str:
    return urlsplit(address).path


def consent(browser: Client, where: str, query: dict[str, str]) -> str:
    """Open the consent page, agree, and give the address the browser is sent to."""
    page = browser.get(f"{where}?{urlencode(query)}")
    assert page.status_code == 200, page.content.decode()
    form = page.context["form"]
    answer = browser.post(
        where, {"request": form["request"].value(), "scopes": query["scope"].split(), "action": "grant"}
    )
    assert answer.status_code == 302
    return str(answer["Location"])


def test_the_whole_way(client: Client, signed_in: Client, teacher: Account, library: Relying) -> None:
    program = Client()
    found = program.get("/.well-known/openid-configuration").json()
    assert found["issuer"] == settings.PUBLIC_URL
    assert set(found["scopes_supported"]) == {"openid", "profile", "roles"}

    walk = Walk()
    page = signed_in.get(f"{path_of(found['authorization_endpoint'])}?{urlencode(walk.query())}").content.decode()
    assert "市图书馆" in page
    assert "您的岗位和所在单位" in page

    back = consent(signed_in, path_of(found["authorization_endpoint"]), walk.query())
    assert back.startswith(CALLBACK)
    answered = parse_qs(urlsplit(back).query)
    assert answered["state"] == [walk.state]

    exchange = {
        "grant_type": "authorization_code",
        "code": answered["code"][0],
        "redirect_uri": CALLBACK,
        "client_id": "library",
        "client_secret": SECRET,
        "code_verifier": walk.verifier,
    }
    token = program.post(path_of(found["token_endpoint"]), exchange)
    assert token.status_code == 200, token.content
    keys = jwt.PyJWKSet.from_dict(program.get(path_of(found["jwks_uri"])).json())
    claims = jwt.decode(
        token.json()["id_token"], keys.keys[0].key, algorithms=["RS256"], audience="library", issuer=found["issuer"]
    )
    assert claims["sub"] == str(teacher.person.uuid)
    assert claims["nonce"] == walk.nonce

    asked = program.get(
        path_of(found["userinfo_endpoint"]), headers={"Authorization": f"Bearer {token.json()['access_token']}"}
    ).json()
    assert asked["sub"] == claims["sub"]
    assert asked["name"] == teacher.person.name
    assert asked["roles"] == [{"role": "teacher", "organisation": "河洛示例小学"}]

    again = program.post(path_of(found["token_endpoint"]), exchange)
    assert again.status_code == 400, "a code is good for one exchange"


def exchange(browser: Client, relying: str = "library", callback: str = CALLBACK) -> str:
    """Agree in a browser; what the system then gets to ask with."""
    walk = Walk()
    back = consent(browser, "/identity/o/authorize", walk.query(client_id=relying, redirect_uri=callback))
    answer = Client().post(
        "/identity/o/api/token",
        {
            "grant_type": "authorization_code",
            "code": parse_qs(urlsplit(back).query)["code"][0],
            "redirect_uri": callback,
            "client_id": relying,
            "client_secret": SECRET,
            "code_verifier": walk.verifier,
        },
    )
    return str(answer.json()["access_token"])


def ask(token: str) -> int:
    """What the system is answered when it asks about the person."""
    return Client().get("/identity/o/api/userinfo", headers={"Authorization": f"Bearer {token}"}).status_code


def test_two_systems_ask_apart_and_both_stop_at_sign_out(signed_in: Client, library: Relying) -> None:
    museum = Relying(id="museum", name="市博物馆", type=Relying.Type.CONFIDENTIAL)
    museum.set_scopes(["openid", "profile", "roles"])
    museum.set_redirect_uris(["https://museum.example/callback"])
    museum.set_secret(SECRET)
    museum.save()
    tokens = [exchange(signed_in), exchange(signed_in, "museum", "https://museum.example/callback")]
    assert [ask(token) for token in tokens] == [200, 200]
    signed_in.post("/accounts/logout/")
    assert [ask(token) for token in tokens] == [401, 401]


def test_the_wrong_verifier_gets_nothing(signed_in: Client, library: Relying) -> None:
    walk = Walk()
    back = consent(signed_in, "/identity/o/authorize", walk.query())
    token = Client().post(
        "/identity/o/api/token",
        {
            "grant_type": "authorization_code",
            "code": parse_qs(urlsplit(back).query)["code"][0],
            "redirect_uri": CALLBACK,
            "client_id": "library",
            "client_secret": SECRET,
            "code_verifier": secrets.token_urlsafe(48),
        },
    )
    assert token.status_code == 400


def test_an_address_nobody_registered_is_not_called(signed_in: Client, library: Relying) -> None:
    answer = signed_in.get(f"/identity/o/authorize?{urlencode(Walk().query(redirect_uri='https://evil.example/'))}")
    assert not answer.has_header("Location")
    assert "授权登录没有成功" in answer.content.decode()


def test_strangers_sign_in_first_and_come_back(client: Client, library: Relying) -> None:
    answer = client.get(f"/identity/o/authorize?{urlencode(Walk().query())}")
    assert answer.status_code == 302
    assert answer["Location"].startswith("/accounts/login/?next=/identity/o/authorize")


def test_the_browser_may_follow_the_form_to_that_system_and_no_other(signed_in: Client, library: Relying) -> None:
    page = signed_in.get(f"/identity/o/authorize?{urlencode(Walk().query())}")
    policy = dict(
        part.strip().split(" ", 1) for part in page["Content-Security-Policy"].split(";") if " " in part.strip()
    )
    assert policy["form-action"].split() == ["'self'", settings.CONTENT_URL, "https://library.example"]


def test_a_child_without_consent_gets_no_further(make_account: MakeAccount, library: Relying) -> None:
    browser = Client()
    browser.force_login(make_account("pupil1", Role.PUPIL))
    answer = browser.get(f"/identity/o/authorize?{urlencode(Walk().query())}")
    assert answer["Location"] == "/waiting/"


def test_the_signing_key_belongs_to_its_owner_alone() -> None:
    key = settings.DATA / "keys" / "oidc.pem"
    assert key.stat().st_mode & 0o777 == 0o600
