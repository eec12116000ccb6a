"""A passkey in a real browser with a virtual authenticator: added, used alone, used as the second step."""

import os
from collections.abc import Iterator
from pathlib import Path
from shutil import which

import pytest
from playwright.sync_api import Page, sync_playwright
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from heluo.kernel.people.models import Account
from tests.accounts import PASSWORD, MakeAccount, make_account, school
from tests.journeys.conftest import PATIENCE

__all__ = ["make_account", "school"]
CHROMIUM = Path(which("chromium") or which("chromium-browser") or "/usr/bin/chromium")
KEY = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}
pytestmark = [
    pytest.mark.journey,
    pytest.mark.slow,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(not CHROMIUM.exists(), reason="needs Chromium"),
]


@pytest.fixture
def page(live_server: LiveServer, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Page]:
    monkeypatch.setitem(os.environ, "DJANGO_ALLOW_ASYNC_UNSAFE", "1")
    settings.PUBLIC_URL = live_server.url
    settings.LOGIN_REDIRECT_URL = "/account/"
    # The test server finds static files where they are written, under their plain names.
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = {**settings.STORAGES, "staticfiles": plain}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_context(base_url=live_server.url, locale="zh-CN").new_page()
        page.set_default_timeout(PATIENCE)
        session = page.context.new_cdp_session(page)
        session.send("WebAuthn.enable")
        session.send("WebAuthn.addVirtualAuthenticator", {"options": KEY})
        yield page
        browser.close()


def sign_in(page: Page, account: Account) -> None:
    page.goto("/accounts/login/")
    page.get_by_label("用户名").fill(account.username)
    page.get_by_label("密码", exact=True).fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="登录", exact=True).click()


def sign_out(page: Page) -> None:
    page.goto("/accounts/logout/")
    page.get_by_role("main").get_by_role("button", name="退出登录").click()


def test_a_passkey_signs_in_alone_and_as_the_second_step(page: Page, make_account: MakeAccount) -> None:
    teacher = make_account()
    sign_in(page, teacher)
    page.wait_for_url("**/account/")

    page.goto("/accounts/2fa/webauthn/add/")
    page.get_by_label("用它直接登录").check()
    page.get_by_role("button", name="添加").click()
    page.wait_for_url("**/recovery-codes/")

    sign_out(page)
    page.goto("/accounts/login/")
    page.get_by_role("button", name="用通行密钥登录").click()
    page.wait_for_url("**/account/")
    assert teacher.person.name in page.content()

    sign_out(page)
    sign_in(page, teacher)
    page.wait_for_url("**/authenticate/")
    page.get_by_role("button", name="使用通行密钥").click()
    page.wait_for_url("**/account/")
