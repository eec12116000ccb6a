"""The first hour in production: no demo, one command, and an officer comes in with a password and a second factor."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from playwright.sync_api import Browser

from tests.journeys.browser import DESK, Visitor
from tests.journeys.conftest import PATIENCE
from tests.site.platform import Platform, heluo

PASSWORD = "longmen-caves-1961"
PAGE, CODE = re.compile(r"http\S+"), re.compile(r"(?:[A-Z2-9]{4}-){2}[A-Z2-9]{4}")


class Beginning(NamedTuple):
    """What the command printed."""

    page: str
    code: str


@pytest.fixture
def production(tmp_path: Path) -> Iterator[Platform]:
    """A platform without a demo, with its bureaus."""
    platform = Platform(tmp_path / "data").wait_until_ready()
    try:
        assert heluo(platform.data, "register", "bureaus", port=platform.port).returncode == 0
        yield platform
    finally:
        platform.stop()


def told(platform: Platform, *arguments: str) -> Beginning:
    done = heluo(platform.data, "officer", *arguments, port=platform.port)
    assert done.returncode == 0, done.stderr
    return Beginning(PAGE.findall(done.stdout)[0], CODE.findall(done.stdout)[0])


def activate(officer: Visitor, beginning: Beginning) -> None:
    officer.page.goto(beginning.page)
    officer.page.get_by_label("激活码").fill(beginning.code)
    officer.page.get_by_label("新密码", exact=True).fill(PASSWORD)
    officer.page.get_by_label("再次输入新密码").fill(PASSWORD)
    officer.press("设置密码")
    officer.page.wait_for_url("**/accounts/login/")


def enrol(officer: Visitor) -> str:
    """Set up an authenticator app without being asked for the password once more; its secret."""
    officer.page.wait_for_url("**/accounts/2fa/")
    officer.follow("开启")
    officer.page.wait_for_url("**/totp/activate/")
    secret = officer.main.locator("code").first.inner_text()
    officer.page.get_by_label("验证码").fill(
        format_hotp_value(hotp_value(secret, next(yield_hotp_counters_from_time())))
    )
    officer.press("开启")
    officer.page.wait_for_url("**/recovery-codes/")
    return secret


def test_from_an_empty_folder_to_an_officer_at_work_and_back_after_a_lost_phone(
    production: Platform, browser: Browser
) -> None:
    context = browser.new_context(base_url=f"http://localhost:{production.port}", viewport=DESK, locale="zh-CN")
    context.set_default_timeout(PATIENCE)
    officer = Visitor.at(context, {"zhang.min": PASSWORD})
    wish = ("--name", "张敏", "--username", "zhang.min", "--role", "province_admin", "--organisation", "410000")

    activate(officer, told(production, "create", *wish))
    officer.sign_in("zhang.min", wait_for="**/accounts/2fa/")
    assert "必须开启两步验证" in officer.main.inner_text()
    enrol(officer)
    officer.open("/workbench/")
    assert "张敏" in officer.page.content()

    beginning = told(production, "reset", "zhang.min")
    officer.open("/workbench/")
    officer.page.wait_for_url("**/accounts/login/?next=/workbench/")
    activate(officer, beginning)
    officer.sign_in("zhang.min", wait_for="**/accounts/2fa/")
    enrol(officer)
    officer.open("/organisations/")
    assert "河南省教育厅" in officer.main.inner_text()
    assert not officer.complaints()
    context.close()
