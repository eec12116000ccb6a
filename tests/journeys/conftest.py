"""A platform as people run it, started once for all journeys, and browsers to visit it with.

While writing journeys, let them visit a platform that already runs: JOURNEY_DATA=its data folder JOURNEY_PORT=its port.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Error, ViewportSize, expect, sync_playwright

from heluo.site.demo_accounts import read_accounts
from tests.journeys.browser import ARGUMENTS, CHROMIUM, DESK, PHONE, Visitor
from tests.site.platform import Platform

START_LIMIT = 600.0
"""Seconds for the demo to be built on a busy machine; it takes less than a minute on an idle one."""
PATIENCE = 60_000
"""Milliseconds any one thing may take on a busy machine; what is waited for comes in a moment on an idle one."""
expect.set_options(timeout=PATIENCE)
HERE = Path(__file__).parent
Visit = Callable[..., Visitor]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Journeys need a browser, and share one worker because they share one platform."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.journey)
            item.add_marker(pytest.mark.slow)
            item.add_marker(pytest.mark.xdist_group("journeys"))
            if CHROMIUM is None:
                item.add_marker(pytest.mark.skip(reason="needs Chromium"))


@dataclass(frozen=True, slots=True)
class RunningPlatform:
    """Where a platform answers, and its data folder."""

    data: Path
    port: int


@pytest.fixture(scope="session")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningPlatform]:
    """`heluo run` with the small demo, as a newcomer gets it."""
    if "JOURNEY_DATA" in os.environ:
        yield RunningPlatform(Path(os.environ["JOURNEY_DATA"]), int(os.environ["JOURNEY_PORT"]))
        return
    platform = Platform(tmp_path_factory.mktemp("journeys") / "data", DEMO="1")
    try:
        platform.wait_until_said("Heluo is running", START_LIMIT)
        yield RunningPlatform(platform.data, platform.port)
    finally:
        platform.stop()


@pytest.fixture(scope="session")
def passwords(platform: RunningPlatform) -> dict[str, str]:
    return {account["username"]: account["password"] for account in read_accounts(platform.data)}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """For one module only: while it lives its event loop occupies the thread, and other tests use the database."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def visit(
    platform: RunningPlatform, passwords: dict[str, str], browser: Browser, request: pytest.FixtureRequest
) -> Iterator[Visit]:
    """Makes visitors: `visit("teacher1")` is signed in, `visit()` is anybody, `visit(phone=True)` holds a phone.

    At the end nobody may have met a console error, a server error or a page wider than the screen.
    """
    visitors: list[Visitor] = []

    def make(username: str = "", *, phone: bool = False, scripts: bool = True, language: str = "zh-CN") -> Visitor:
        size: ViewportSize = PHONE if phone else DESK
        context = browser.new_context(
            base_url=f"http://localhost:{platform.port}",
            viewport=size,
            is_mobile=phone,
            has_touch=phone,
            java_script_enabled=scripts,
            locale=language,
            timezone_id="Asia/Shanghai",
            reduced_motion="reduce",
        )
        context.set_default_timeout(PATIENCE)
        visitor = Visitor.at(context, passwords)
        visitors.append(visitor)
        return visitor.sign_in(username) if username else visitor

    yield make
    complaints = [complaint for visitor in visitors for complaint in visitor.complaints()]
    for visitor in visitors:
        with suppress(Error):
            visitor.page.context.close()
    assert not complaints, "\n".join(complaints)
